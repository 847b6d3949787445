// Background tiles of the map, where the server has some: told by GET /api/v1/app and kept for the next time without a network.
import gcoord from 'gcoord'

import type { Work } from '../stores/session'

/** Where tiles come from. `crs`: the system they are drawn in; whatever is laid over them has to be moved into it. */
export interface Tiles { url: string; crs: 'WGS84' | 'GCJ02'; attribution: string }

/** What the phone keeps of GET /api/v1/app. */
interface AppInfo { version: string; tiles: Tiles | null }

const KEY = 'app_info'
const WITHIN = 10_000

/** What was told last, at once. */
export async function keptTiles({ db }: Work): Promise<Tiles | null> {
  return (await db.kept<AppInfo | null>(KEY, null))?.tiles ?? null
}

/** Asks the server and keeps what it says. Without an answer what was told last holds. */
export async function askTiles(work: Work): Promise<Tiles | null> {
  try {
    const info = await work.client.json<AppInfo>('/api/v1/app', { timeout: WITHIN })
    await work.db.keep(KEY, info)
    return info.tiles
  } catch {
    return keptTiles(work)
  }
}

/** A WGS-84 [lon, lat] as [lat, lon] of a map with these tiles. */
export function onMap([lon, lat]: [number, number], tiles: Tiles | null): [number, number] {
  if (tiles?.crs !== 'GCJ02') return [lat, lon]
  const [x, y] = gcoord.transform([lon, lat], gcoord.WGS84, gcoord.GCJ02) as [number, number]
  return [y, x]
}
