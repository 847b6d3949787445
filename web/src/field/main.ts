// Starts the app: opens the database of whoever worked here last, then the pages, then the sync.
import { createApp } from 'vue'

import App from './App.vue'
import { router } from './router'
import { attend } from './stores/atWork'
import { fetchPagesSoon } from './stores/pages'
import { resume } from './stores/session'
import { catchTrouble } from './stores/trouble'
import { watchUpdates } from './stores/update'
import '@/shared/colours.css'
import './style.css'

const app = createApp(App)
catchTrouble(app, router)
// A phone whose database cannot be opened comes to the login, which says what is wrong. The router asks who works here, so it comes after.
void resume().catch(() => null).finally(() => {
  attend()
  app.use(router).mount('#app')
  watchUpdates()
  fetchPagesSoon()
})
