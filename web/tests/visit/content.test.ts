// The hash of a visit's content is the one of the protocol's document, and of the server.
import { expect, it } from 'vitest'

import type { Capture } from '../../src/field/db/local'
import { contentOf } from '../../src/field/visit/content'
import { sha256Of } from '../../src/shared/sha256'

const capture: Capture = {
  id: '01968a3e-0000-7000-8000-000000000001', site_id: '00000000-0000-4000-8000-000000000001', checklist: 'a'.repeat(64),
  document_type: 'patrol', status: 'draft', at: '2025-05-01T09:30:00+08:00', place: { lon: 112, lat: 35.5, crs: 'WGS84' }, end_place: null,
  ended_at: null, note: '已查',
  operator_word: '', signature: null, officers: [], photos: {}, replaces: null, returned: null, recheck: [], position: null,
  touched_at: '2025-05-01T09:30:00+08:00', signed_at: null, sha256: null, receipt: null,
}
const row = { visit: capture.id, link_id: 'kitchen.bright', at: '2025-05-01T09:31:00+08:00' }

it('hashes the test vector of the protocol as the protocol says', async () => {
  const { text } = contentOf(capture, [{ ...row, mark: 'pass' }])
  expect(await sha256Of(new TextEncoder().encode(text))).toBe('51bac1ccd3ab712461a8d6e3da7ee0eaa6a41bb1e2f7af9a3f3ec8025eab76d3')
})

it('sends what was hashed, and leaves out what was not given', () => {
  const { set } = contentOf(capture, [{ ...row, mark: 'pass', note: '', photos: [] }, { ...row, link_id: 'empty.one' }])
  expect(set).toEqual({
    site_id: capture.site_id, checklist: capture.checklist, document_type: 'patrol', at: capture.at, status: 'signed',
    answers: { 'kitchen.bright': { mark: 'pass' } }, place: capture.place, note: '已查',
  })
})
