// The sums of a form of entry, beside those of the server: what was typed, what it comes to, whether it meets the target.
import { expect, test } from 'vitest'

import { isShare, meets, numberIn, shownValue, valueOf, type Target } from '@/office/api/entry'

const share: Target = { op: '>=', value: 97, unit: '%', inferred: false }

test('a number is read as people type it, and what is none is told apart from nothing', () => {
  expect(['１，２３４', ' 1 234.5 ', '0'].map(numberIn)).toEqual([1234, 1234.5, 0])
  expect(['', '  '].map(numberIn)).toEqual([null, null])
  expect(['abc', '-3', '1e5', '1.', '10000000000001', '12个'].map(numberIn)).toEqual(Array(6).fill(undefined))
})

test('two numbers come to a value in the unit of the target, and to none over nothing', () => {
  expect(valueOf(share, 97, 100)).toBe(97)
  expect(valueOf(share, 0, 0)).toBeNull()
  expect(valueOf({ ...share, unit: '篇/单位·月' }, 178, 165)).toBeCloseTo(1.0788, 4)
  expect(valueOf({ ...share, unit: '件' }, 3, null)).toBe(3)
})

test('a value exactly at the target meets what is not less or equal, and not what is more', () => {
  const at = (op: Target['op']) => meets({ ...share, op }, valueOf(share, 97, 100)!)
  expect([at('>='), at('<='), at('=='), at('>'), at('<')]).toEqual([true, true, true, false, false])
  expect(meets({ ...share, value: 70.1 }, valueOf(share, 701, 1000)!)).toBe(true)
})

test('a value that misses its target never reads as if it met it', () => {
  const whole: Target = { ...share, value: 100 }
  expect(shownValue(whole, valueOf(whole, 19_999, 20_000)!)).toBe('99.995%')
  expect(shownValue(whole, 100)).toBe('100%')
  expect(shownValue({ ...share, unit: '批次/千人', value: 4 }, 1234.5)).toBe('1,234.5 批次/千人')
})

test('only a share that is to be high is held to its whole', () => {
  expect([isShare(share), isShare({ ...share, op: '<=' }), isShare({ ...share, unit: '件' })]).toEqual([true, false, false])
})
