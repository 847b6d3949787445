// Every page of the office, by its address. `nav`: the entry of the side bar that is lit.
import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'

import { session } from './stores/session'

export const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/review' },
  { path: '/login', component: () => import('./pages/LoginPage.vue'), meta: { open: true } },
  { path: '/review', component: () => import('./pages/ReviewPage.vue'), meta: { nav: 'review' } },
  { path: '/visits/:id', component: () => import('./pages/VisitPage.vue'), meta: { nav: 'review' } },
  { path: '/settings', component: () => import('./pages/SettingsPage.vue'), meta: { nav: 'settings' } },
  { path: '/rectifications', component: () => import('./pages/RectificationsPage.vue'), meta: { nav: 'rectifications' } },
  { path: '/rectifications/:id', component: () => import('./pages/RectificationPage.vue'), meta: { nav: 'rectifications' } },
  { path: '/sites/:id/notice', component: () => import('./pages/NoticeMakePage.vue'), meta: { nav: 'rectifications' } },
  { path: '/notices/:id', component: () => import('./pages/NoticePage.vue'), meta: { sheet: true } },
  { path: '/:lost(.*)', redirect: '/review' },
]

export const router = createRouter({ history: createWebHashHistory(), routes, scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 } })

router.beforeEach((to) => (session.value || to.meta.open ? true : { path: '/login', query: { then: to.fullPath } }))
