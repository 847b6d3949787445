// Starts the office: who was logged in goes on, then the pages.
import { createApp } from 'vue'

import App from './App.vue'
import { router } from './router'
import { resume } from './stores/session'
import './styles/base.css'
import './styles/print.css'

void resume().finally(() => createApp(App).use(router).mount('#app'))
