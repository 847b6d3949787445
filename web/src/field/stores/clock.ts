// The phone's own time, with its offset, as everything captured carries it.

/** `2025-05-01T09:30:00.000+08:00`: the phone's clock now, or at `at`. */
export function phoneTime(at: Date = new Date()): string {
  const minutes = -at.getTimezoneOffset()
  const two = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, '0')
  const local = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, -1)
  return `${local}${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}

/** The local day of `at`, `2025-05-01`. */
export function localDay(at: Date = new Date()): string {
  return phoneTime(at).slice(0, 10)
}

/** `day` moved by `days`. */
export function addDays(day: string, days: number): string {
  const moved = new Date(`${day}T00:00:00Z`)
  moved.setUTCDate(moved.getUTCDate() + days)
  return moved.toISOString().slice(0, 10)
}
