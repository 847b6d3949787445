// Distances, search and the check digit of a 统一社会信用代码.
import { expect, test } from 'vitest'

import { metres, wgs84 } from '@/field/geo/distance'
import { madeSite } from '@/field/stores/overlay'
import { findSites, matches } from '@/field/stores/search'
import { compactUscc, isUscc } from '@/field/stores/uscc'

test('a degree of latitude is 111.2 km', () => {
  expect(metres({ lon: 112, lat: 35, crs: 'WGS84' }, { lon: 112, lat: 36, crs: 'WGS84' })).toBeCloseTo(111_195, -1)
})

test('the same point in GCJ02 is half a kilometre off until it is converted', () => {
  const moved = { lon: 116.403963, lat: 39.915119, crs: 'GCJ02' } as const
  expect(metres({ ...moved, crs: 'WGS84' }, moved)).toBeGreaterThan(400)
  expect(wgs84({ ...moved, crs: 'CGCS2000' })).toEqual([moved.lon, moved.lat])
})

test('a name, initials in any case and a part of a number find a site', () => {
  const site = madeSite('a', { name: '幸福饭店', type: 'catering', grid: 'g', licence_number: 'JY21405', address: '晓庄路' })
  for (const text of ['饭店', 'XFFD', 'jy214', '晓庄', 'xf 晓庄']) expect(matches(site, text), text).toBe(true)
  expect(matches(site, 'xf 北街')).toBe(false)
})

test('by distance, a site without a place comes last', () => {
  const at = (id: string, lon?: number) => (
    madeSite(id, { name: id, grid: 'g', type: 'catering', place: lon ? { lon, lat: 35, crs: 'WGS84' } : null })
  )
  const sites = [at('none'), at('far', 113), at('near', 112)]
  const found = findSites(sites, { text: '', type: '', grid: '', sort: 'distance' }, { lon: 112, lat: 35, crs: 'WGS84' })
  expect(found.map(({ site }) => site.id)).toEqual(['near', 'far', 'none'])
})

test('a code with a wrong check digit is told from a right one', () => {
  expect(isUscc(compactUscc('91110000 600037341l'))).toBe(true)
  expect(isUscc('911100006000373410')).toBe(false)
  expect(isUscc('12140502DEM000001C')).toBe(true)
  expect(isUscc('12140502IEM000001C')).toBe(false) // I, O, S, V and Z never occur
})
