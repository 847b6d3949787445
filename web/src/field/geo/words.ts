// A distance as a person says it.

/** 30 米, 850 米, 1.2 公里, 23 公里. */
export function distanceWords(metres: number): string {
  if (metres < 995) return `${Math.max(10, Math.round(metres / 10) * 10)} 米`
  return metres < 9_950 ? `${(metres / 1000).toFixed(1)} 公里` : `${Math.round(metres / 1000)} 公里`
}
