// Texts of 今日: what is due, and why.

export const today = {
  title: '今日', drafts: '没做完的检查', goOn: '继续检查', nearest: '按距离', looking: '正在定位', notFound: '没有定位到：请在手机设置里允许定位，到开阔处再试；不影响检查',
  places: (count: number) => `${count} 家待办`, started: (at: string) => `${at} 开始`, office: '其他任务',
  nothing: '今天没有待办', nothingHint: '可以到“主体”里挑一家检查，或新增街上发现的主体',
  noSites: '手机上还没有主体', noSitesHint: '联网后会自动下载本网格的主体；也可以先新增',
  plansEnded: '计划期已过，指标不再列为待办', overdue: '已逾期', more: (count: number) => `还有 ${count} 条原因`, all: '全部主体', add: '新增主体',
}

/** What kind of reason it is, as a short label. */
export const dueKinds = { returned: '退回', finding: '整改', task: '任务', paper: '证件', indicator: '计划', risk: '风险' }

export const dueTexts = {
  returned: '检查被退回，请修改', finding: (question: string) => `复查：${question}`, paperEnds: '许可证快到期', paperEnded: '许可证已过期',
  until: (day: string) => `有效期至 ${day}`, by: (day: string) => `${day} 前完成`, window: (plan: string, end: string) => `${plan}，${end} 前`,
  risk: (grade: string) => `风险等级 ${grade}，该检查了`,
  riskNever: (times: number) => `每年 ${times} 次，还没有检查过`, riskLast: (times: number, day: string) => `每年 ${times} 次，上次 ${day}`,
}
