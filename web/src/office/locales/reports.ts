// Texts of 报表: the calendar of what is due, frozen reports, their pages and print, and the export of lists.
import { recordKinds, recordMethods, taskLevels } from './entry'
import { rectifications } from './rectification'
import { tasks } from './tasks'

export const reports = {
  title: '报表', freeze: '生成报表', export: '导出', none: '—',
  next: '接下来', nothingNext: '今后没有报送期限。', overdueMany: (n: number) => `已逾期未报送 ${n} 项`,
  calendar: '报送日历', year: (year: string) => `${year}年`, month: (month: number) => `${month}月`, day: (day: number) => `${day}日`,
  years: '年份', months: '按月查看', wholeYear: '全年', monthNone: '本月没有报送期限',
  counts: { done: (n: number) => `已报 ${n}`, overdue: (n: number) => `逾期 ${n}`, due: (n: number) => `待报 ${n}` },
  noPlan: '本辖区没有正在执行、要求报送的计划。可以在页首换一个县（市、区），或自行生成报表。',
  due: '报送期限', what: '报送内容', window: '所属时段', state: '状态', act: '办理', plan: '计划',
  done: (day: string) => `已生成（截至 ${day}）`, left: (days: number) => (days ? `待报，还有 ${days} 天` : '待报，今天到期'),
  over: (days: number) => `已逾期 ${days.toLocaleString('zh-CN')} 天`, open: '打开报表', make: '生成', later: '上一期之后再生成',
  list: '已生成的报表', anyPlan: '全部计划', report: '报表', region: '辖区', asOf: '截至', revision: '版次', revisionOf: (n: number) => `第 ${n} 版`, changed: (n: number) => `${n} 格有变化`,
  made: '生成', byTimer: '到期自动生成', openRows: '未完成整改', stale: '之后有迟到的检查，可重新核对', fresh: '没有迟到的检查', check: '核对',
  empty: '还没有生成过报表。报表把某一天的数字固定下来，以后不再变动。',
}

export const reportFreeze = {
  title: '生成报表', plan: '计划', kind: '报送要求', free: '工作情况（自行生成，不对应报送要求）', region: '辖区', asOf: '截至日期', note: '说明（可不填）',
  notePlaceholder: '例如：报县委、县政府', hint: '生成后数字固定不变；之后有变化时另存一版，并逐格列出差别。',
  pastHint: '截至今天以前的日期要按当天以前的全部检查重新计算，检查很多的县可能要几分钟。', noPlan: '所选辖区没有可用的计划。', noDay: '请填写截至日期。',
  future: '截至日期不能晚于今天。', run: '生成', done: '报表已生成', known: '这份报表此前已经生成，已为您打开。',
  waiting: '正在计算', elapsed: (seconds: number) => `已用 ${seconds} 秒`, keep: '请不要关闭本页；即使中断，已生成的报表也会出现在列表里。',
  lost: '没有等到答复。报表可能已经生成，请先看列表；再次生成不会重复。',
}

export const reportPage = {
  title: '报表', back: '回到报表', download: '下载 Excel', revise: '重新核对', version: '版次',
  versionOf: (n: number, newest: boolean) => `第 ${n} 版${newest ? '（最新）' : ''}`, older: (n: number) => `您看的是旧版，最新为第 ${n} 版。`, toNewest: '看最新版',
  stale: '之后有迟到的检查，可重新核对', staleHint: '截止日以前的检查在本版核对之后才送达，数字可能有变化。重新核对会按同一截止日再算一次，有变化才另存一版。',
  plan: '计划', region: '辖区', asOf: '截至', made: '生成', checked: '最近核对', note: '说明', digest: '校验码', digestHint: '用来核对这份报表没有被改过，与操作日志一致',
  downloading: '正在生成工作簿', tabsLabel: '报表内容',
  tabs: { numbers: '指标', towns: '分乡镇', open: '未完成整改', clauses: '条款', about: '说明', changes: '修订' } as Record<string, string>,
  article: '条款', indicator: '指标', target: '目标', inferred: '推定', window: '时段', numbers: '分子 / 分母', value: '完成值', state: '状态',
  was: (text: string) => `原 ${text}`, toTowns: (title: string) => `${title}：分乡镇`, deadline: (day: string) => `截止 ${day}`,
  apart: {
    rapid: (n: number) => `快检 ${n} 批次（不计入）`, national: (n: number) => `其中国家级 ${n} 批次`, provincial: (n: number) => `其中省级 ${n} 批次`,
    residents: (n: number) => `人口 ${n.toLocaleString('zh-CN')}`,
  },
  pickIndicator: '选择指标和时段', place: '区域', total: '合计', noTowns: '这个区域没有下级。',
  openCount: '未完成', overdue: '逾期', key: '重点项', openNone: '截至这一天没有未完成的整改。', openShown: (n: number, all: number) => `已显示 ${n} / ${all} 项`,
  site: '主体', item: '问题', action: '整改要求', opened: '发现日期', due: '整改期限', over: '逾期', days: (n: number) => `${n} 天`, isKey: '重点', grid: '乡镇（网格）',
  quote: '原文', kind: '类别', departments: '责任单位', served: '落实方式', servedBy: '由什么落实', items: '现场检查项', indicators: '指标', reports: '报送',
  clauseFilter: '落实方式', clauseAll: '全部条款', clauseMany: (n: number) => `${n} 条`,
  explains: {
    late: ['迟到的检查', '检查在截止日之前，送达较晚，均按检查时间计入', '次'], corrections: ['更正的检查', '只计更正后的一次', '次'],
    waiting_photos: ['照片未传齐的检查', '已计入，照片还在路上', '次'], waiting: ['待审核的检查', '计入“已收到”，未计入“已审核通过”', '次'],
    returned: ['退回待更正的检查', '计入“已收到”，更正送达后以更正为准', '次'], quarantined: ['搁置的上报', '处理以前不计入', '条'],
    conflicts: ['两边改动不一致', '选定以前按现值计', '处'],
  } as Record<string, [string, string, string]>,
  aboutNumbers: '“已收到”是全部已签字、没有判为“不采纳”的检查；“已审核通过”是其中经办公室审核通过的。分母为零显示“无对象”，不按 100% 计。快检单列，不计入批次；国家级、省级任务计入并单列。“全覆盖”类目标为推定的 100%。',
  explainTitle: '数字的来由', whenMade: '生成这一版时', aboutTitle: '数字的含义',
  revisions: '各版', changed: '变化', changedMany: (n: number) => `${n} 格`, first: '首版', changesOf: (n: number) => `第 ${n} 版与上一版的差别`,
  noChanges: '首版，没有可比的上一版。', basis: '口径', before: '修订前', after: '修订后', absent: '无', whole: '合计', openCell: (open: number, overdue: number) => `${open} 项（逾期 ${overdue}）`,
  moreChanges: (n: number) => `显示其余 ${n} 格`, reason: '原因', by: '生成人',
}

export const reportRevise = {
  title: '重新核对', hint: (day: string) => `按同一截止日（${day}）用现在收到的全部检查、整改，以及现在的填报数值和抽检批次再算一次。数字没有变化就不另存；有变化则存为新的一版，旧版不变。`,
  note: '原因（可不填）', placeholder: '例如：补计迟到的检查', run: '开始核对', same: (n: number) => `数字没有变化，仍为第 ${n} 版`,
  made: (n: number, cells: number) => `已存为第 ${n} 版，${cells} 格有变化`, lost: '没有等到答复。请刷新本页，看是否已有新的一版。',
}

export const reportPrint = {
  back: '回到报表', parts: '打印内容', page: '"第 " counter(page) " 页，共 " counter(pages) " 页"',
  names: { numbers: '指标', towns: '分乡镇', open: '未完成整改（分乡镇）', list: '未完成整改清单', clauses: '条款', about: '说明', changes: '修订' } as Record<string, string>,
  asOf: (day: string) => `截至 ${day}`, made: (at: string, by: string) => `${at} 由${by}生成`, digest: '校验码', seal: '（单位盖章）', by: '填表人：', checked: '审核人：',
  loading: (n: number, all: number) => `正在读取整改清单 ${n} / ${all}`, townsNote: '各格为“已收到（已审核通过）”的完成值；括号内相同的不重复写。',
}

export const exportLists = {
  title: '导出清单', list: '清单', region: '辖区', days: '日期', from: '从', to: '到', run: '导出 Excel', cancel: '关闭', saved: '已保存到下载文件夹',
  lists: { sites: '主体台账', visits: '检查记录', rectifications: '整改清单', tasks: '任务', records: '抽检批次' } as Record<string, string>,
  dayOf: { visits: '检查日期', rectifications: '发现日期', records: '抽检日期' } as Record<string, string>, any: '不限',
  waiting: '正在生成工作簿', most: '一次最多 30 万行；太多时请按乡镇或日期分开导出。', wrongDays: '开始日期不能晚于结束日期。',
  filters: {
    type: '业态', active: '经营状态', open_findings: '待整改问题', review: '审核', site_type: '业态', document_type: '类型', state: '状态', key: '重点或一般', overdue: '逾期',
    kind: '类别', method: '方式', level: '任务级别',
  } as Record<string, string>,
  options: {
    active: { true: '正常经营', false: '已停业' }, open_findings: { true: '有待整改问题', false: '没有待整改问题' },
    rectifications: rectifications.tabs, tasks: tasks.states, key: rectifications.keys, overdue: { true: '只要已逾期的' }, kind: recordKinds,
    method: recordMethods, level: taskLevels,
  } as Record<string, Record<string, string>>,
}
