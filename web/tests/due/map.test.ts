// What the map shows at first.
import { expect, test } from 'vitest'

import { frameOf } from '@/field/geo/frame'

const square = (x: number) => [[[x, 0], [x + 1, 0], [x + 1, 1], [x, 1], [x, 0]]]

test('the grids are in view, whatever one misplaced site says', () => {
  const regions = [
    { boundary: { type: 'Polygon', coordinates: square(0) } }, { boundary: { type: 'MultiPolygon', coordinates: [square(5)] } },
  ]
  const seen = frameOf(regions as never, [[90, 40]])
  expect([Math.min(...seen.map(([x]) => x)), Math.max(...seen.map(([x]) => x))]).toEqual([0, 6])
})

test('the sites are, where no grid has a boundary', () => {
  expect(frameOf([{ boundary: null }], [[112, 35], [113, 36]])).toEqual([[112, 35], [113, 36]])
})
