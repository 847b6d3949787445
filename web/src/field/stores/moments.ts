// When something was, as people say it, by this phone's clock.
import { moment } from '../locales/syncpage'
import { localDay, phoneTime } from './clock'

/** `今天 09:41`, or `11月25日 09:41`, of an RFC 3339 time; as it stands when it is none. */
export function whenWords(at: string): string {
  const then = new Date(at)
  if (Number.isNaN(then.getTime())) return at
  const local = phoneTime(then)
  const [day, time] = [local.slice(0, 10), local.slice(11, 16)]
  return day === localDay() ? moment.today(time) : moment.day(Number(day.slice(5, 7)), Number(day.slice(8, 10)), time)
}
