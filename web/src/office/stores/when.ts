// Instants as the desk says them: in Beijing time, whatever the computer is set to.
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
