// Instants and days as the desk says and counts them: in Beijing time, whatever the computer is set to.
const SHANGHAI = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false,
})

/** `2026-05-19 14:01` of an instant; empty without one. */
export function moment(at: string | null | undefined): string {
  if (!at) return ''
  const instant = new Date(at)
  return Number.isNaN(instant.getTime()) ? at : SHANGHAI.format(instant)
}

/** `2026-05-19` of an instant. */
export const dayOf = (at: string | null | undefined): string => moment(at).slice(0, 10)

/** Today. */
export const today = (): string => dayOf(new Date().toISOString())

const DAY = 86_400_000

/** The day so many days after another. */
export const later = (day: string, days: number): string => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10)

/** Days from one day to another, negative when that is over. */
export const daysTo = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY)

/** Whole days since an instant. */
export const daysSince = (at: string): number => Math.max(0, Math.floor((Date.now() - new Date(at).getTime()) / DAY))
