// What is due and why: worked out on the phone from its copy, so that it holds without a network.
import type { FieldDb, SiteCopy } from '../db/database'
import type { Capture } from '../db/local'
import type { Place, PlanRow, TaskRow, VisitRow } from '../db/rows'
import { metres } from '../geo/distance'
import { dueTexts } from '../locales/today'
import { addDays, localDay } from './clock'
import { FREQUENCIES, knownFrequencies, type Frequencies } from './frequencies'
import { seenSite, seenSites, seenTasks } from './overlay'
import { isReturned, refusedVisits } from './refused'

export interface Reason {
  kind: 'returned' | 'finding' | 'task' | 'paper' | 'indicator' | 'risk'
  title: string; detail: string; due_on: string | null
  /** The visit that was sent back. */
  visit?: string
  task?: string
}
export interface Due { site: SiteCopy; reasons: Reason[]; metres: number | null }

/** A paper that ends within so many days is told. */
const PAPER_DAYS = 30
const KINDS: Reason['kind'][] = ['returned', 'finding', 'task', 'paper', 'indicator', 'risk']

/** What the reasons of all sites are drawn from. */
interface Known {
  today: string; visits: Map<string, VisitRow[]>; tasks: Map<string, TaskRow[]>; plans: Map<string, PlanRow>
  captures: Map<string, Capture[]>; questions: Map<string, string>
  frequencies: Map<string, Frequencies>
}

function bySite<T extends { site_id: string | null }>(rows: T[]): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const row of rows) {
    if (row.site_id === null) continue
    const list = found.get(row.site_id)
    if (list) list.push(row)
    else found.set(row.site_id, [row])
  }
  return found
}

/** The question of every item in the checklists on this phone. */
export async function questionsOf(db: FieldDb): Promise<Map<string, string>> {
  const contents = await db.contents.toArray()
  const items = contents.flatMap(({ sections }) => sections.flatMap((section) => section.items))
  return new Map(items.map((item) => [item.link_id, item.question]))
}

function indicatorReason(text: string, known: Known): Reason | null {
  const [planId, indicatorId, key] = text.split('|')
  const plan = known.plans.get(planId)
  const indicator = plan?.indicators.find(({ id }) => id === indicatorId)
  const open = indicator?.windows.find((one) => one.key === key)
  if (!plan || !indicator || !open || open.start > known.today || open.end < known.today) return null
  const article = [indicator.article, open.title].filter(Boolean).join(' · ')
  return { kind: 'indicator', title: indicator.title, detail: `${article} · ${dueTexts.window(plan.title, open.end)}`, due_on: open.end }
}

function paperReason({ licence_until: until }: SiteCopy, today: string): Reason[] {
  if (!until || until > addDays(today, PAPER_DAYS)) return []
  return [{ kind: 'paper', title: until < today ? dueTexts.paperEnded : dueTexts.paperEnds, detail: dueTexts.until(until), due_on: until }]
}

function riskReason({ risk_grade: grade, last_visit, grid }: SiteCopy, mine: Capture[], { today, frequencies }: Known): Reason[] {
  const times = grade ? (frequencies.get(grid.slice(0, 6)) ?? FREQUENCIES)[grade] : 0
  if (!grade || !times) return []
  const signed = mine.filter(({ status }) => status === 'signed').map(({ at }) => localDay(new Date(at)))
  const days = [...signed, ...(last_visit ? [localDay(new Date(last_visit.at))] : [])].sort()
  const last = days[days.length - 1]
  const next = last ? addDays(last, Math.floor(365 / times)) : null
  if (next && next > today) return []
  const detail = last ? dueTexts.riskLast(times, last) : dueTexts.riskNever(times)
  return [{ kind: 'risk', title: dueTexts.risk(grade), detail, due_on: next }]
}

function reasonsOf(site: SiteCopy, known: Known): Reason[] {
  const mine = known.captures.get(site.id) ?? []
  const signed = mine.filter(({ status }) => status === 'signed')
  // What a signed visit is about to settle is not asked for again while it waits for a network.
  const unsent = signed.filter(({ receipt }) => !receipt)
  const rechecked = new Set(unsent.flatMap(({ recheck }) => recheck))
  const amended = new Set(signed.map(({ replaces }) => replaces))
  const returned = (known.visits.get(site.id) ?? []).filter((visit) => isReturned(visit, amended))
  // A returned visit tells what is wrong itself; so does its correction until the server knows it.
  const told = new Set([...returned.map(({ id }) => id), ...amended])
  const tasks = (known.tasks.get(site.id) ?? []).filter(({ state }) => state === 'open')
  if (!site.active) return returned.map(returnedReason)
  return [
    ...returned.map(returnedReason),
    ...site.findings.filter(({ item, visit }) => !rechecked.has(item) && !told.has(visit)).map(({ item, action, due_on }): Reason => ({
      kind: 'finding', title: dueTexts.finding(known.questions.get(item) ?? item), detail: action, due_on,
    })).sort(sooner),
    ...tasks.map(({ id, title, note, due_on }): Reason => ({ kind: 'task', title, detail: note, due_on, task: id })).sort(sooner),
    ...paperReason(site, known.today),
    ...(unsent.length ? [] : site.due.flatMap((text) => indicatorReason(text, known) ?? [])),
    ...riskReason(site, mine, known),
  ]
}

const returnedReason = ({ id, review_note }: VisitRow): Reason => ({
  kind: 'returned', title: dueTexts.returned, detail: review_note?.reason ?? '', due_on: null, visit: id,
})
const sooner = (a: Reason, b: Reason) => (a.due_on ?? '9999').localeCompare(b.due_on ?? '9999')

/** Whether a reason's day is over. A plan's window and a risk grade's day are no deadline of the person. */
export function isOverdue({ kind, due_on }: Reason, today: string): boolean {
  return due_on !== null && due_on < today && kind !== 'indicator' && kind !== 'risk'
}

const collator = new Intl.Collator('zh')
/** Those without a place, or all when it is not known where the person is, follow. */
const nearer = (a: Due, b: Due) => (a.metres === b.metres ? 0 : (a.metres ?? Infinity) - (b.metres ?? Infinity))

async function knownOf(db: FieldDb, today: string): Promise<Known> {
  const [visits, tasks, plans, all, questions, refused, frequencies] = await Promise.all([
    db.visits.toArray(), seenTasks(db), db.plans.toArray(), db.captures.toArray(), questionsOf(db), refusedVisits(db), knownFrequencies(db),
  ])
  // What the server refused has settled nothing.
  const captures = all.filter(({ id }) => !refused.has(id))
  return {
    today, visits: bySite(visits), tasks: bySite(tasks), plans: new Map(plans.map((plan) => [plan.id, plan])), captures: bySite(captures),
    questions, frequencies,
  }
}

/** Why one site is due; empty when it is not. */
export async function reasonsOfSite(db: FieldDb, id: string, today: string): Promise<Reason[]> {
  const [site, known] = await Promise.all([seenSite(db, id), knownOf(db, today)])
  return site ? reasonsOf(site, known) : []
}

/**
 * Every site that is due on `today` (2025-05-01), with its reasons: returned ones first, then overdue ones, then the nearest, then by kind
 * and name.
 */
export async function dueList(db: FieldDb, today: string, here: Place | null): Promise<Due[]> {
  const [sites, known] = await Promise.all([seenSites(db), knownOf(db, today)])
  const found = sites.flatMap((site): (Due & { rank: number; kind: number })[] => {
    const reasons = reasonsOf(site, known)
    if (!reasons.length) return []
    const rank = reasons[0].kind === 'returned' ? 0 : reasons.some((reason) => isOverdue(reason, today)) ? 1 : 2
    return [{ site, reasons, metres: here && site.place ? metres(here, site.place) : null, rank, kind: KINDS.indexOf(reasons[0].kind) }]
  })
  found.sort((a, b) => a.rank - b.rank || nearer(a, b) || a.kind - b.kind || collator.compare(a.site.name, b.site.name)
    || a.site.id.localeCompare(b.site.id))
  return found.map(({ site, reasons, metres: away }) => ({ site, reasons, metres: away }))
}
