// Numbers as all pages write them, and what an indicator is to reach.

/** `op` is one of measured.ops; `inferred`: no number stands in the plan, and one was read into its words. */
export interface Target { op: string; value: number; unit: string; inferred: boolean }

/** A number as it is read: at most so many places, thousands apart. */
export const plainNumber = (number: number, places = 2): string => number.toLocaleString('zh-CN', { maximumFractionDigits: places })

/** A number as short as it can be without seeming to be its target: 99.996 against 100 stays so. */
export function numberText(value: number, target?: number, most = 2): string {
  for (let places = most; places < 4; places += 1) {
    const short = plainNumber(value, places)
    if (target === undefined || value === target || short !== plainNumber(target, places)) return short
  }
  return plainNumber(value, 4)
}

/** `53.85%`, `1.2 批次/千人`. */
export const withUnit = (number: string, unit: string): string => (unit.startsWith('%') ? number + unit : `${number} ${unit}`.trim())
