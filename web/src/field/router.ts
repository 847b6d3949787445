// Every page, by its address. Hash addresses: they work from any start, without a network and without a service worker.
import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'

import { work } from './stores/session'

/** The pages that a person can go to. `tab`: the tab that is lit. */
export const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/today' },
  { path: '/login', component: () => import('./pages/LoginPage.vue'), meta: { open: true } },
  { path: '/today', component: () => import('./pages/TodayPage.vue'), meta: { tab: 'today' } },
  { path: '/sites', component: () => import('./pages/SitesPage.vue'), meta: { tab: 'sites' } },
  { path: '/sites/new', component: () => import('./pages/SiteEditPage.vue') },
  { path: '/sites/:id', component: () => import('./pages/SitePage.vue'), props: true },
  { path: '/sites/:id/edit', component: () => import('./pages/SiteEditPage.vue'), props: true },
  { path: '/map', component: () => import('./pages/MapPage.vue'), meta: { tab: 'map' } },
  { path: '/visits/:id', component: () => import('./pages/VisitPage.vue'), props: true },
  { path: '/visits/:id/finish', component: () => import('./pages/FinishPage.vue'), props: true },
  { path: '/visits/:id/summary', component: () => import('./pages/SummaryPage.vue'), props: true },
  { path: '/sync', component: () => import('./pages/SyncPage.vue'), meta: { tab: 'sync' } },
  { path: '/me', component: () => import('./pages/MePage.vue') },
  { path: '/:lost(.*)', redirect: '/today' },
]

export const router = createRouter({ history: createWebHashHistory(), routes, scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 } })

router.beforeEach((to) => (work.value || to.meta.open ? true : { path: '/login', query: { then: to.fullPath } }))
