// Words of the pages about indicators: the table of a plan, its board, one indicator, and work made from a gap.
import { measured } from './words'

/** The states of the server; and `share`, a part of a sum whose target is the whole's. */
export const indicatorStates: Record<string, string> = { ...measured.states, share: '只作合计' }
/** Beside the words, and alone in the cells of a heat table: no state is told by colour only. */
export const indicatorSigns: Record<string, string> = { met: '✓', on_pace: '→', behind: '▽', missed: '✗', not_started: '○', none: '－',
  unreported: '？', share: '·' }

export const indicators = {
  title: '指标', plan: '计划', asOf: '数字截至', asOfHint: '看过去某一天的数字', board: '热力表', filters: '筛选指标', tabsLabel: '指标状态', all: '全部',
  level: '级别', levels: { 否决项: '否决项', 关键项: '关键项', none: '其他指标' } as Record<string, string>,
  empty: '没有符合条件的指标', noPlan: '本辖区没有执行中的计划', shown: (n: number, all: number) => (n === all ? `共 ${all} 项` : `共 ${all} 项，显示 ${n} 项`),
  article: '条款', name: '指标', target: '目标', received: '已收到', approved: '已审核通过', pace: '进度', state: '状态',
  inferred: '推定', inferredHint: '原文没有写数字，按“全覆盖”等说法推定', quote: '计划原文', note: '口径', open: (article: string) => `看${article}原文`,
  close: '收起原文', entered: '单位填报', window: '时段', left: (days: number) =>
    (days > 0 ? `还剩 ${days} 天` : days === 0 ? '今天截止' : days < -60 ? '已截止' : `已过 ${-days} 天`),
  paceHeard: (done: number, gone: number) => `达到目标的 ${done}%，时间已过 ${gone}%`, paceOver: (done: number) => `达到目标的 ${done}%`,
  expected: (value: string) => `按时间应到 ${value}`, noBar: '不按进度计', of: (num: string, den: string) => `${num} / ${den}`, caption: '指标、目标与进度',
  legend: '进度条上的竖线：按时间应到的位置', lower: '单位填报的指标多由上级合并填报，本级没有数字属正常；批次等合计数不单独比目标。', otherRegion: (name: string) => `以下是${name}的数字`,
}

export const boardPage = {
  title: '热力表', back: '回到指标', basis: '口径', caption: (plan: string) => `${plan}：各地指标`, indicator: '指标（目标）', whole: '合计',
  legend: '图例', scroll: '热力表，可左右滚动', cell: (name: string, value: string, state: string) => `${name} ${value} ${state}`, noParts: '下级没有分区',
  head: (region: string, day: string, basis: string) => `${region}　数字截至 ${day}　${basis}`,
  inWhole: '已合并填报，没有分到各地', shareSign: '·：只作合计的一部分，不单独比目标', inWholeSign: '空白：已合并填报', windowsCaption: '各时段、各地', windowColumn: '时段（截止）',
    foot: '每格是数值和状态符号；单位见指标名下。',
}

export const indicatorPage = {
  back: '回到指标', window: '时段', target: '目标', deadline: '截止', parts: '各地情况', partsHint: '低的在前',
  trend: '走势', table: '看表格', chart: '看图', where: '这个数从哪里来', gap: '哪些主体', windows: '各时段、各地', region: '地区', value: '数值', state: '状态',
  count: '分子 / 分母', day: '日期', known: '怎么得来', noParts: '本级以下没有分区', missing: '计划里没有这个指标',
  knows: { then: '当天留存', since: '事后补算', now: '现在' } as Record<string, string>,
  knowsHint: { then: '当天夜里记下的数，不含之后才到的检查', since: '事后按检查日期补算，含晚到的', now: '此刻的数' } as Record<string, string>,
  noTrend: '还没有留存的数字；从今天起每天夜里留存一次。', noTrendHere: '走势只到乡镇一级，请在上方选乡镇或以上。', enteredTrend: '单位填报的指标没有逐日走势。',
  barsHeard: (title: string, n: number) => `${title}：${n} 个地区的条形图，点“看表格”有同样的数字`, trendHeard: (n: number) => `走势图，${n} 个日子，点“看表格”有同样的数字`,
  targetLine: '目标', deadlineLine: '截止', received: '已收到', approved: '已审核通过', apart: '另列', rapid: '快检（不计入）', national: '国家任务（已计入）',
  provincial: '省级任务（已计入）', residents: (n: number, year: number, base: string) => `按 ${year} 年${base} ${n} 人计`,
  baseNames: { resident: '常住人口', registered: '户籍人口' } as Record<string, string>,
  entry: '去填报', enteredHint: '这个指标由单位填报，没有对应的主体。', records: '看抽检批次',
}

export const explained = {
  asOf: (at: string) => `此刻（${at}）的数字`, lastVisit: (at: string) => `最近一次检查 ${at}`, noVisit: '还没有检查',
  names: { late: '较晚送达的检查', waiting_photos: '照片未到齐的检查', waiting_review: '待审核的检查', corrections: '更正过的检查', quarantined: '搁置的上报',
    conflicts: '两边改动不一致', silent_phones: '久未联系的手机' } as Record<string, string>,
  hints: { late: '已计入，送到较晚', waiting_photos: '已计入，照片还在路上', waiting_review: '已计入“已收到”，通过后才计入“已审核通过”', corrections: '只计最新的一份',
    quarantined: '没有计入，处理后才计', conflicts: '保留了办公端的值，待选定', silent_phones: '可能还有检查没有送到' } as Record<string, string>,
  many: (n: number, more: boolean) => (more ? `${n}+` : String(n)), firstOnly: (n: number) => `这里列前 ${n} 条`, site: '主体', at: '检查时间',
    inspector: '检查人', review: '审核',
  person: '使用人', phone: '手机', seen: '最近联系', unsent: '未送到', unknown: '不详', records: (n: number) => `${n} 条`, what: '内容', why: '原因',
    who: '谁上报', when: '时间',
  devices: '看全部手机', types: { site: '主体', visit: '检查', task: '任务', photo: '照片' } as Record<string,
    string>,
  wholeRegion: '辖区内全部，不只本指标', settleAll: '去处理', region: '乡镇（街道）',
}

export const gapSites = {
  states: { missing: '未达标的', met: '已达标的', none: '不适用的' } as Record<string, string>, stateLabel: '主体状态', withoutTask: '还没有任务',
  onTheWay: (n: number) => `已布置、还没办完：${n} 户`, empty: '没有符合条件的主体', emptyMissing: '没有未达标主体', name: '主体', type: '业态', town: '乡镇（街道）',
    last: '最近检查',
  never: '从未检查', task: '任务', noTask: '还没有任务', openTask: (due: string) => (due ? `已布置，${due} 前` : '已布置'), doneTask: '已办', ratio: '完成',
  pickAll: '全选本页', pick: (name: string) => `选择 ${name}`, make: (n: number) => `给选中的 ${n} 户布置任务`, makeAll: '给全部未达标主体布置任务', unpick: '取消选择',
  county: '请先在上方选一个县（市、区）或乡镇（街道），再布置任务。', caption: '指标背后的主体',
  made: (n: number) => `已布置 ${n} 条任务，网格员的手机下次同步就会收到。`, follow: '看进展',
}

export const gapTask = {
  title: '布置任务', whom: '给谁', chosen: (n: number) => `选中的 ${n} 户`, all: (region: string) => `${region}全部未达标主体`, name: '任务名称', due: '期限',
    note: '要求（可不填）',
  notePlaceholder: '写给网格员看，例如要查什么、带什么', per: '怎么派', perSite: '每户一条，检查后自动办结', perGrid: '每个网格一条，由网格员手动办结',
  defaultName: (title: string) => `${title}：补查`, preview: '将要布置', sum: (tasks: number, sites: number) => `共 ${tasks} 条任务，涉及 ${sites} 户`,
  leftOpen: (n: number) => `${n} 户已有同样的任务，不重复布置`, leftMet: (n: number) => `${n} 户已经达标，不用布置`, tooMany: (most: number) =>
    `一次最多 ${most} 条，请按乡镇分批`,
  nobody: '没有需要布置的主体。', town: '乡镇（街道）', grid: '网格', sites: '户数', make: (n: number) => `布置 ${n} 条任务`, needName: '请填写任务名称。',
    needDue: '请选择期限。',
  ended: (day: string) => `这个时段已于 ${day} 结束，现在去检查不再计入它。`, loading: '正在计算……', done: '任务已布置', undivided: '未分到下级', caption: '按乡镇和网格预览',
}
