// In which grid a point lies, on the phone, so that a site found without a network has its grid at once.
import type { Place, RegionRow } from '../db/rows'
import { wgs84 } from './distance'

type Point = [number, number]

function inRing([x, y]: Point, ring: Point[]): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i]
    const [xj, yj] = ring[j]
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
  }
  return inside
}

/** Whether a WGS-84 point [lon, lat] lies in a boundary and in none of its holes. */
export function isWithin(point: Point, boundary: NonNullable<RegionRow['boundary']>): boolean {
  const polygons = (boundary.type === 'Polygon' ? [boundary.coordinates] : boundary.coordinates) as Point[][][]
  return polygons.some(([outer, ...holes]) => inRing(point, outer) && !holes.some((hole) => inRing(point, hole)))
}

/** The grid whose boundary holds `place`, or null. */
export function gridOf(place: Place, grids: RegionRow[]): RegionRow | null {
  const point = wgs84(place)
  return grids.find(({ boundary }) => boundary && isWithin(point, boundary)) ?? null
}
