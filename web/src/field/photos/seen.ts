// The address under which a photo can be shown: of its bytes on the phone, else of the server's small picture.
import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'

import { useLive } from '../stores/live'
import { work } from '../stores/session'

interface Wanted { sha: string; visit?: string; size: 'thumb' | 'screen' }
export interface Seen { url: string | null; missing: boolean }

async function fromServer({ sha, visit, size }: Wanted): Promise<Blob | null> {
  const query = new URLSearchParams({ size, ...(visit && { visit }) })
  const asked = { timeout: 30_000, headers: { Accept: 'image/*' } }
  const answer = await work.value?.client.ask(`/api/v1/photos/${sha}?${query}`, asked).catch(() => null)
  return (await answer?.blob().catch(() => null)) ?? null
}

/** A photo as an object URL that lives as long as the component. Looks on the phone first; works without a network. */
export function useSeen(wanted: () => Wanted): Readonly<ShallowRef<Seen>> {
  const seen = shallowRef<Seen>({ url: null, missing: false })
  const here = useLive(async () => (await work.value?.db.blobs.get(wanted().sha)) ?? null, [() => wanted().sha])
  let turn = 0
  let from = ''
  const show = (blob: Blob | null, origin: string) => {
    if (seen.value.url) URL.revokeObjectURL(seen.value.url)
    from = origin
    seen.value = { url: blob && URL.createObjectURL(blob), missing: !blob }
  }
  watch([here, () => wanted().visit], async ([row]) => {
    if (row === undefined) return
    const { sha } = wanted()
    if (row && row.sha256 !== sha) return // the answer to the question before this one
    if (from === sha) return
    const mine = ++turn
    const blob = row?.blob ?? (await fromServer(wanted()))
    if (mine === turn) show(blob, blob ? sha : '')
  })
  onScopeDispose(() => { turn += 1; if (seen.value.url) URL.revokeObjectURL(seen.value.url) })
  return seen
}
