// The tree of regions as far as somebody opened it: read level by level, shown as rows.
import { computed, ref, shallowRef, watch } from 'vue'

import type { Problem } from '@/shared/api/problem'

import { asProblem } from '../../api/ask'
import { everyRow, type Counted, type User } from '../../api/people'
import { client } from '../../stores/session'

const LENGTHS = [2, 4, 6, 9, 12, 14]
const NEXT: Record<number, string> = { 2: 'city', 4: 'county', 6: 'town', 12: 'grid' }

/** A region as the tree shows it; `bare` is the line that stands for the villages of a town without a grid. */
export interface TreeRow extends Counted { depth: number; open: boolean; busy: boolean; leaf: boolean; people: User[]; bare: number }

/** The tree below `root()`. */
export function useTree(root: () => string) {
  const top = shallowRef<Counted | null>(null)
  const below = shallowRef(new Map<string, Counted[]>())
  const people = shallowRef(new Map<string, User[]>())
  const open = ref(new Set<string>())
  /** Towns whose villages without a grid are shown as well. */
  const whole = ref(new Set<string>())
  const busy = ref(new Set<string>())
  const problem = shallowRef<Problem | null>(null)
  let turn = 0

  const list = (within: string, level = '') =>
    everyRow<Counted>(`/api/v1/regions?within=${within}&counts=sites&limit=1000${level && `&level=${level}`}`, 'regions')

  /** A town is read whole, with its villages, grids and supervisors; the rest level by level. */
  async function read(code: string): Promise<void> {
    if (code.length !== 9 && code.length !== 12) {
      keep([[code, await list(code, NEXT[code.length])]])
      return
    }
    const [found, supervisors] = await Promise.all([list(code), everyRow<User>(
      `/api/v1/users?region=${code.slice(0, Math.max(9, root().length))}&role=supervisor&active=true&limit=200`, 'users')])
    const parents = new Map<string, Counted[]>([[code, []]])
    for (const region of found) {
      if (region.level === 'village') parents.set(region.code, parents.get(region.code) ?? [])
      if (region.code !== code && region.parent) parents.set(region.parent, [...(parents.get(region.parent) ?? []), region])
    }
    keep([...parents])
    people.value = new Map(people.value).set(code.slice(0, 9), supervisors)
  }

  function keep(found: [string, Counted[]][]): void {
    below.value = new Map([...below.value, ...found])
    for (const [code, regions] of found) if (code.length === 12 && regions.length) open.value.add(code)
  }

  async function load(code: string): Promise<void> {
    const mine = turn
    busy.value.add(code)
    try {
      await read(code)
      if (mine === turn) problem.value = null
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      busy.value.delete(code)
    }
  }

  async function toggle(code: string): Promise<void> {
    if (open.value.has(code)) {
      open.value.delete(code)
      return
    }
    open.value.add(code)
    if (!below.value.has(code)) await load(code)
  }

  /** Opens the way down to a region, and a town itself, for its grids. */
  async function reveal(code: string): Promise<void> {
    for (const length of LENGTHS.filter((one) => one >= root().length && (one < code.length || (one === 9 && code.length === 9)))) {
      const one = code.slice(0, length)
      open.value.add(one)
      if (!below.value.has(one)) await load(one)
    }
    if (code.length === 12 && code.startsWith(root())) {
      const grids = below.value.get(code)
      if (grids && !grids.length) whole.value.add(code.slice(0, 9))
    }
  }

  /** Reads again where a region stands, after it was changed. */
  async function refresh(code: string): Promise<void> {
    const town = code.slice(0, Math.max(9, root().length))
    await Promise.all([start(), code.length >= 9 ? load(town) : load(code.slice(0, LENGTHS[LENGTHS.indexOf(code.length) - 1] ?? 2))])
  }

  async function start(): Promise<void> {
    const mine = turn
    try {
      const page = await client.json<{ regions: Counted[] }>(`/api/v1/regions?within=${root()}&counts=sites&limit=1`)
      if (mine === turn) [top.value, problem.value] = [page.regions[0] ?? null, null]
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    }
  }

  watch(root, (code) => {
    turn += 1
    top.value = null
    below.value = new Map()
    open.value = new Set([code])
    void start()
    if (code.length < 14) void load(code)
  }, { immediate: true })

  const of = (code: string) => (people.value.get(code.slice(0,
    9)) ?? []).filter(({ regions }) => regions.some((own) => code.startsWith(own)))

  function rowsOf(region: Counted, depth: number): TreeRow[] {
    const children = below.value.get(region.code)
    const row: TreeRow = {
      ...region, depth, open: open.value.has(region.code), busy: busy.value.has(region.code),
        people: region.level === 'grid' ? of(region.code) : [],
      leaf: region.level === 'grid' || (region.level === 'village' && children?.length === 0), bare: 0,
    }
    if (!row.open || row.leaf || !children) return [row]
    const bare = region.level === 'town' ? children.filter(({ code }) => !below.value.get(code)?.length) : []
    const all = whole.value.has(region.code) || bare.length === children.length
    const shown = all ? children : children.filter((one) => !bare.includes(one))
    const rest: TreeRow[] = bare.length && bare.length < children.length
      ? [{ ...row, code: `${region.code}-bare`, parent: region.code, depth: depth + 1, open: all, leaf: true, people: [],
        bare: bare.length }] : []
    return [row, ...shown.flatMap((one) => rowsOf(one, depth + 1)), ...rest]
  }
  const rows = computed(() => (top.value ? rowsOf(top.value, 0) : []))
  const toggleBare = (town: string) => { if (!whole.value.delete(town)) whole.value.add(town) }
  return { rows, problem, toggle, toggleBare, reveal, refresh, start }
}
