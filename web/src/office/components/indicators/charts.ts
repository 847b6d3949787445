// The parts of ECharts that the pages about indicators draw with, and no others.
import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import Chart from 'vue-echarts'

use([BarChart, LineChart, GridComponent, TooltipComponent, MarkLineComponent, AriaComponent, CanvasRenderer])

/** The colours of the states, as in the words beside them. */
export const COLOURS: Record<string, string> = {
  met: '#0a6b3d', on_pace: '#1d5a8c', behind: '#b26a00', missed: '#b3261e', not_started: '#8a9792', none: '#8a9792', unreported: '#8a9792',
}
export const INK = '#1b2421'

/** The page's own font: a canvas inherits none. */
export const fontOf = (): string => getComputedStyle(document.body).fontFamily

/** The end and the steps of an axis up to `most`: percents to a whole hundred, others with a little room. */
export const scaleTo = (most: number, unit: string): { max?: number; interval?: number } =>
  (unit.startsWith('%') && most <= 100 ? { max: 100, interval: 20 } : {})

export { Chart }
