// What a map shows at first: the grids of the person. One misplaced site would shrink them all to a blob.
import type { RegionRow } from '../db/rows'

type Point = [number, number]

/** The points, WGS-84 [lon, lat], that are to be in view: those of the boundaries, or of `places` when there is no boundary. */
export function frameOf(regions: Pick<RegionRow, 'boundary'>[], places: Point[]): Point[] {
  const points = regions.flatMap(({ boundary }) => {
    if (!boundary) return []
    const polygons = (boundary.type === 'Polygon' ? [boundary.coordinates] : boundary.coordinates) as Point[][][]
    return polygons.flatMap(([outer]) => outer)
  })
  return points.length ? points : places
}
