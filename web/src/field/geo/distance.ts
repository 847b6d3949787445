// Places in one coordinate system, and how far they are apart. A wrong conversion is an error of half a kilometre here.
import gcoord from 'gcoord'

import type { Place } from '../db/rows'

/** Mean radius of the earth, metres (IUGG). */
const RADIUS = 6_371_008.8
const radians = (degrees: number) => (degrees * Math.PI) / 180

/** A place as [lon, lat] in WGS-84. CGCS2000 differs from it by centimetres. */
export function wgs84({ lon, lat, crs }: Place): [number, number] {
  if (crs === 'GCJ02') return gcoord.transform([lon, lat], gcoord.GCJ02, gcoord.WGS84) as [number, number]
  if (crs === 'BD09') return gcoord.transform([lon, lat], gcoord.BD09, gcoord.WGS84) as [number, number]
  return [lon, lat]
}

/** Metres between two places along the earth's surface (haversine). */
export function metres(a: Place, b: Place): number {
  const [lonA, latA] = wgs84(a)
  const [lonB, latB] = wgs84(b)
  const h = Math.sin(radians(latB - latA) / 2) ** 2
    + Math.cos(radians(latA)) * Math.cos(radians(latB)) * Math.sin(radians(lonB - lonA) / 2) ** 2
  return 2 * RADIUS * Math.asin(Math.min(1, Math.sqrt(h)))
}
