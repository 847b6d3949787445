// Boundaries as people bring them: a GeoJSON file or text, of a geometry, a feature or many, in one of the systems that maps in China use.
import gcoord from 'gcoord'

import type { Boundary } from '../../api/people'
import { boundaries as texts } from '../../locales'

export type Crs = 'WGS84' | 'GCJ02' | 'BD09'
/** One shape of a file, with the name that it has there. */
export interface Shape { name: string; geometry: Boundary }

const isShape = (value: unknown): value is Boundary => ['Polygon', 'MultiPolygon'].includes((value as { type?: string } | null)?.type ?? '')

function named(properties: unknown): string {
  const given = (properties ?? {}) as Record<string, unknown>
  for (const key of ['name', 'NAME', 'Name', '名称', '网格名称', 'title']) if (typeof given[key] === 'string') return given[key]
  return ''
}

function walk(value: unknown, name: string, found: Shape[]): void {
  const one = value as { type?: string; geometry?: unknown; geometries?: unknown[]; features?: unknown[]; properties?: unknown } | null
  if (isShape(one)) found.push({ name, geometry: one })
  else if (one?.type === 'Feature') walk(one.geometry, named(one.properties), found)
  else if (one?.type === 'FeatureCollection') one.features?.forEach((feature) => walk(feature, '', found))
  else if (one?.type === 'GeometryCollection') one.geometries?.forEach((geometry) => walk(geometry, name, found))
}

/** The areas in a text of GeoJSON. Throws an Error that tells what is wrong; whether a boundary is sound, the server says. */
export function shapesIn(text: string): Shape[] {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    throw new Error(texts.notJson)
  }
  const found: Shape[] = []
  walk(value, '', found)
  if (!found.length) throw new Error(texts.noShape)
  return found
}

/** A boundary in WGS-84. What is no pair of numbers stays, for the server to name. */
export function inWgs84({ type, coordinates }: Boundary, crs: Crs): Boundary {
  const moved = (value: unknown): unknown => {
    if (!Array.isArray(value)) return value
    if (typeof value[0] === 'number' && typeof value[1] === 'number') {
      return crs === 'WGS84' ? value : gcoord.transform([value[0], value[1]], gcoord[crs], gcoord.WGS84).map((n) => Number(n.toFixed(7)))
    }
    return value.map(moved)
  }
  return { type, coordinates: moved(coordinates) } as Boundary
}

/** The rings of a boundary, outer ones first within each polygon. */
const rings = (shape: Boundary): number[][][][] => (shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates)

/** How many points a boundary has. */
export const pointsIn = (shape: Boundary): number => rings(shape).flat().reduce((sum, ring) => sum + ring.length, 0)

/** Square kilometres of a boundary in WGS-84, good enough to see a mistake (plane at the latitude of its first point). */
export function areaOf(shape: Boundary): number {
  const ring = (points: number[][]) => Math.abs(points.slice(1).reduce((sum, [x, y], i) => sum + points[i][0] * y - x * points[i][1],
    0)) / 2
  const polygons = rings(shape)
  const scale = 111.32 ** 2 * Math.cos(((polygons[0]?.[0]?.[0]?.[1] ?? 0) * Math.PI) / 180)
  return polygons.reduce((sum, [outer, ...holes]) => sum + ring(outer ?? []) - holes.reduce((inner, hole) => inner + ring(hole), 0),
    0) * scale
}
