// Starts the office: who was logged in goes on, then the pages.
import { createApp } from 'vue'

import App from './App.vue'
import { router } from './router'
import { resume } from './stores/session'
import '@/shared/colours.css'
import './styles/base.css'
import './styles/forms.css'
import './styles/lists.css'
import './styles/maps.css'
import './styles/tables.css'
import './styles/tabs.css'
import './styles/print.css'

void resume().finally(() => createApp(App).use(router).mount('#app'))
