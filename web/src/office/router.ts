// Every page of the office, by its address. `nav`: the entry of the side bar that is lit; `county`: only for counties.
import { ElMessage } from 'element-plus/es/components/message/index'
import 'element-plus/es/components/message/style/css'
import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'

import { lost } from './locales'
import LostPage from './pages/LostPage.vue'
import { session } from './stores/session'
import { guardUnsent } from './stores/unsent'

export const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/review' },
  { path: '/login', component: () => import('./pages/LoginPage.vue'), meta: { open: true } },
  { path: '/review', component: () => import('./pages/ReviewPage.vue'), meta: { nav: 'review' } },
  { path: '/review/unsettled', component: () => import('./pages/UnsettledPage.vue'), meta: { nav: 'review' } },
  { path: '/visits/:id', component: () => import('./pages/VisitPage.vue'), meta: { nav: 'review' } },
  { path: '/settings', component: () => import('./pages/SettingsPage.vue'), meta: { nav: 'settings' } },
  { path: '/rectifications', component: () => import('./pages/RectificationsPage.vue'), meta: { nav: 'rectifications' } },
  { path: '/rectifications/:id', component: () => import('./pages/RectificationPage.vue'), meta: { nav: 'rectifications' } },
  { path: '/sites/:id/notice', component: () => import('./pages/NoticeMakePage.vue'), meta: { nav: 'rectifications' } },
  { path: '/notices/:id', component: () => import('./pages/NoticePage.vue'), meta: { sheet: true } },
  { path: '/tasks', component: () => import('./pages/TasksPage.vue'), meta: { nav: 'tasks' } },
  { path: '/tasks/new', component: () => import('./pages/TaskNewPage.vue'), meta: { nav: 'tasks' } },
  { path: '/tasks/:id', component: () => import('./pages/CampaignPage.vue'), meta: { nav: 'tasks' } },
  { path: '/entry', component: () => import('./pages/EntryPage.vue'), meta: { nav: 'entry' } },
  { path: '/entry/records', component: () => import('./pages/RecordsPage.vue'), meta: { nav: 'entry' } },
  { path: '/entry/import', component: () => import('./pages/RecordsImportPage.vue'), meta: { nav: 'entry' } },
  { path: '/ledger', redirect: '/ledger/sites' },
  { path: '/ledger/sites', component: () => import('./pages/SitesPage.vue'), meta: { nav: 'ledger' } },
  { path: '/ledger/sites/new', component: () => import('./pages/SiteNewPage.vue'), meta: { nav: 'ledger' } },
  { path: '/ledger/sites/import', component: () => import('./pages/SitesImportPage.vue'), meta: { nav: 'ledger' } },
  { path: '/ledger/map', component: () => import('./pages/MapPage.vue'), meta: { nav: 'ledger' } },
  { path: '/ledger/regions', component: () => import('./pages/RegionsPage.vue'), meta: { nav: 'ledger' } },
  { path: '/ledger/users', component: () => import('./pages/UsersPage.vue'), meta: { nav: 'ledger' } },
  { path: '/ledger/devices', component: () => import('./pages/DevicesPage.vue'), meta: { nav: 'ledger' } },
  { path: '/ledger/audit', component: () => import('./pages/AuditPage.vue'), meta: { nav: 'ledger' } },
  { path: '/sites/:id', component: () => import('./pages/SitePage.vue'), meta: { nav: 'ledger' } },
  { path: '/indicators', component: () => import('./pages/IndicatorsPage.vue'), meta: { nav: 'indicators' } },
  { path: '/indicators/:plan/board', component: () => import('./pages/BoardPage.vue'), meta: { nav: 'indicators' } },
  { path: '/indicators/:plan/:id', component: () => import('./pages/IndicatorPage.vue'), meta: { nav: 'indicators' } },
  { path: '/plans', component: () => import('./pages/PlansPage.vue'), meta: { nav: 'plans' } },
  { path: '/plans/check', component: () => import('./pages/PlanCheckPage.vue'), meta: { nav: 'plans', county: true } },
  { path: '/plans/:id', component: () => import('./pages/PlanPage.vue'), meta: { nav: 'plans' } },
  { path: '/reports', component: () => import('./pages/ReportsPage.vue'), meta: { nav: 'reports' } },
  { path: '/reports/:id', component: () => import('./pages/ReportPage.vue'), meta: { nav: 'reports' } },
  { path: '/reports/:id/print', component: () => import('./pages/ReportPrintPage.vue'), meta: { sheet: true } },
  { path: '/:lost(.*)', component: LostPage },
]

export const router = createRouter({ history: createWebHashHistory(), routes, scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 } })

router.beforeEach((to) => (session.value || to.meta.open ? true : { path: '/login', query: { then: to.fullPath } }))
guardUnsent(router)
// A page whose code did not arrive: the network is gone, or the server has a newer one.
router.onError(() => { ElMessage({ type: 'error', message: lost.unread, grouping: true }) })
