// Words of the pages about plans.
import { measured } from './words'

export const plans = {
  title: '计划', tabsLabel: '计划状态', check: '检查与发布',
  states: { in_force: '执行中', withdrawn: '已停用', all: '全部' } as Record<string, string>, inForce: '执行中', withdrawn: '已停用',
  name: '计划', region: '适用区域', year: '年度', clauses: '条款', indicators: '指标', version: '版本', state: '状态', own: '本辖区',
  versionOf: (n: number) => `第 ${n} 版`, empty: { in_force: '没有执行中的计划', withdrawn: '没有停用的计划', all: '还没有计划' } as Record<string, string>,
  emptyHint: '县级可在“检查与发布”上传计划文件。', toBoard: '看指标',
}

export const plan = {
  title: '计划', back: '回到计划', edit: '修改并发布', target: '调整目标或期限', print: '打印', withdraw: '停用', board: '看指标',
  gone: '该计划已停用：检查表和指标里不再有它。历次文本都保留，重新发布任何一版即恢复执行。',
  tabsLabel: '计划内容', tabs: { clauses: '条款与落实', versions: '历次版本' } as Record<string, string>,
  issuer: '发文机关', number: '文号', region: '适用区域', period: '执行期间', to: '至', clauses: '条款', indicators: '指标', reports: '报送期限',
  count: (n: number) => `${n} 条`, indicatorCount: (n: number) => `${n} 项`,
  filters: '筛选条款', kind: '条款类别', served: '落实途径', text: '在条款、检查项、指标中查找', toc: '目录',
  shown: (n: number, all: number) => (n === all ? `共 ${all} 条` : `${n} / ${all} 条`), none: '没有符合条件的条款',
  kinds: measured.clauses,
  servedBy: { items: '现场检查项', indicators: '由现场数据计算的指标', report: '单位填报或报送', nothing: '没有落实途径' } as Record<string, string>,
  items: '现场检查项', indicatorsOf: '指标', reportsOf: '报送', byOffice: '由责任单位报送，原文没有写固定期限。', departments: '责任单位', noteOf: '说明',
  moreItems: (n: number) => `还有 ${n} 项`, fewer: '收起', inferred: '推定', applies: '适用业态',
  printed: (what: string) => `只打印了筛选后的条款：${what}`,
}

export const planTarget = {
  title: '调整目标或期限', hint: '只改这一处，其余文字不动。改后先检查、预览，再发布。', which: '选择指标或报送事项', indicators: '指标', reports: '报送期限',
  op: '比较方式', value: '目标值', unit: '单位', day: '期限', go: '检查并预览', needWhich: '请选择指标或报送事项。', needNumber: '目标值请填数字，例如 95 或 98.5。',
  needPlain: '单位、期限不能空着，也不能有引号、逗号等符号。', same: '没有改动。', notFound: '在计划文本里没有唯一找到这一处，请用“修改并发布”在文本里改。',
}

/** When a report is due, in words. */
export const dueWords = {
  monthly: (day: string) => (day.startsWith('next-month-') ? `次月 ${day.slice(11)} 日前` : `每月 ${day} 日前`),
  quarterly: (day: string) => (day.startsWith('last-month-') ? `每季最后一月 ${day.slice(11)} 日前` : `季后首月 ${day} 日前`),
  annual: (day: string) => `每年 ${Number(day.slice(0, 2))} 月 ${Number(day.slice(3))} 日前`,
  once: (day: string) => `${day} 前`,
}

export const windowWords: Record<string, string> = { period: '整个执行期', year: '每年', half: '每半年', quarter: '每季度', month: '每月', season: '时段' }

export const planVersions = {
  version: '版本', at: '发布时间', by: '发布人', note: '说明', actions: '操作', changes: '看变化', save: '保存文本', again: '以此版为底稿', newest: '最新',
  commandLine: '系统管理员（命令行）', noNote: '没有写说明',
  compare: (from: number, to: number) => (from ? `第 ${to} 版与第 ${from} 版相比` : `第 ${to} 版（最早的一版）`), from: '与哪一版比较', nothing: '空白（从无到有）',
  versionOf: (n: number) => `第 ${n} 版`, file: (plan: string, n: number) => `${plan}-第${n}版.yaml`,
}

export const planChanges = {
  same: '条款、指标、报送期限都没有变化。', head: '文件信息',
  parts: { clauses: '条款', indicators: '指标', reports: '报送期限', seasons: '时段' } as Record<string, string>,
  added: '新增', removed: '删去', changed: '修改', before: '原为', after: '改为', empty: '（无）', plus: '增加', minus: '减少', yes: '是', no: '否',
  sum: (added: number, removed: number, changed: number) =>
    [added && `新增 ${added}`, removed && `删去 ${removed}`, changed && `修改 ${changed}`].filter(Boolean).join('，') || '没有变化',
  showAll: (n: number) => `全部 ${n} 条`, first: '展开', fold: '收起', comma: '、', to: ' 至 ',
  fields: {
    article: '条目', quote: '原文', kind: '类别', departments: '责任单位', site_types: '适用业态', items: '检查项', note: '说明', title: '名称',
    doc_number: '文号', issuer: '发文机关', region: '适用区域', issued: '印发日期', period: '执行期间', notes: '备注', clause: '所属条款', measure: '算法',
    window: '统计时段', target: '目标', level: '级别', effort: '力争', filter: '统计范围', documents: '计入的检查', item: '检查项', holding: '持有什么',
    records: '批次范围', per: '按人口', numerator_label: '分子名称', denominator_label: '分母名称', due: '期限', from: '起', to: '止',
    id: '编码', start: '起', end: '止',
  } as Record<string, string>,
}

export const checklistChanges = {
  title: '检查表的变化', none: '没有一张检查表会变。', sites: (n: number) => `涉及 ${n} 家主体`,
  states: { new: '新增检查表', changed: '有变化', gone: '不再有检查表' } as Record<string, string>,
  added: (n: number) => `增加 ${n} 项`, removed: (n: number) => `去掉 ${n} 项`, cited: (n: number) => `依据条款变化 ${n} 项`,
  worded: (n: number) => `检查项内容更新 ${n} 项`,
  of: (plan: string, articles: string) => `《${plan}》${articles}`, key: '重点', plus: '增加依据', minus: '减少依据',
  counties: (n: number) => `${n} 个县（市、区）`, lists: (n: number) => `${n} 张检查表`,
}

export const planCheck = {
  title: '检查与发布计划', back: '回到计划', choose: '选择计划文件', drop: '也可以把文件拖到这里，或把文本粘贴到下面。',
  fromPlan: '以现行计划为底稿', paste: '计划文本', pasteHint: '在此粘贴计划文本（YAML），再点“检查”。', check: '检查', again: '重新检查', checking: '正在检查……',
  clear: '清空', clearAsk: '清空这份文本？没有发布的修改不会保留。', edit: '编辑全文', done: '改好了，检查', file: '文件', lines: (n: number) => `${n} 行`,
  stale: '文本已修改，下面的结果是修改前的。', replaceAsk: '现有文本有没发布的修改。换成另一份，这些修改不会保留。', replace: '换成另一份', keep: '保留现有文本',
  notText: '这不是文本文件。计划文件是 YAML 文本（.yaml）。', tooLong: '文件太大：计划文本不超过 200 万字。', recoded: '文件不是 UTF-8 编码，已按 GB18030 读入。',
  tabsLabel: '检查结果', tabs: { lines: '逐行检查', preview: '发布后的变化' } as Record<string, string>,
  wrong: (n: number) => `有 ${n} 处要改`, right: '检查通过，没有错误', wrongHint: '改好所有错误才能发布。', nth: (n: number, all: number) => `第 ${n} / ${all} 处`,
  next: '下一处', previous: '上一处', mistakes: '错误清单', line: (n: number) => `第 ${n} 行`, mend: '改这一行', save: '改好并检查',
  lineText: (n: number) => `第 ${n} 行的文本`,
  remedy: '怎么改', keys: [['j', '下一处错误'], ['k', '上一处错误'], ['e', '改当前这一行'], ['?', '快捷键说明']], help: '快捷键（?）', double: '双击一行可直接修改',
}

export const planPreview = {
  facts: '将要发布的计划', new: '新计划', replaces: '替换现行文本', withdrawn: '恢复已停用的计划', unchanged: '与正在执行的文本完全相同，不用发布。',
  bank: '文本没有变，但检查项库更新过：重新发布会更新下面的检查表。', region: '适用区域', period: '执行期间', to: '至',
  noRight: '您的辖区不包括这份计划的适用区域（或它要替换的计划的区域）：可以检查和预览，不能发布。', clauses: '条款', indicators: '指标',
  scope: (region: string) => `区划 ${region}`,
}

export const planPublish = {
  title: '发布', note: '发布说明（记入版本和操作日志，可不填）', publish: '发布这份计划', ask: (title: string) => `发布《${title}》？`, confirm: '确认发布', cancel: '先不发布',
  what: ['新的检查表在手机下次同步时送达；已经开始的检查仍按原来的检查表完成，不会丢。', '指标按新计划用全部已有检查重新汇总，发布在汇总完成时生效。',
    '辖区内主体越多，用时越长，可能需要几分钟；其间手机上报要等待，办公端也可能变慢，数据不会丢失。'],
  running: '正在发布：服务器在重新汇总指标', withdrawing: '正在停用：服务器在重新汇总指标', elapsed: (text: string) => `已用时 ${text}`,
  honest: '服务器不报告进度，只能看到用时。请不要关闭本页。', lost: '没有等到服务器的答复。它可能还在汇总，也可能没有收到。每隔几秒查看一次是否已生效。',
  stopWatching: '不再等待', stopped: '停止查看。是否生效，请稍后到计划的“历次版本”核对。',
  done: (n: number, used: string) => `已发布，第 ${n} 版，用时 ${used}`, same: '文本与现行的相同，没有新版本。', toPlan: '查看计划', toIndicators: '查看指标',
  seconds: (n: number) => (n < 60 ? `${n} 秒` : `${Math.floor(n / 60)} 分 ${n % 60} 秒`), recheck: '重新检查',
}

export const planWithdraw = {
  ask: (title: string) => `停用《${title}》？`, what: ['检查表和指标里不再有这份计划；手机在下次同步时收到新的检查表。', '文本、已做的检查和历次报表都保留，以后可以重新发布。',
    '指标要重新汇总，县大时要几分钟；其间手机上报要等待，办公端也可能变慢，数据不会丢失。'],
  reason: '停用原因（记入操作日志）', need: '请写明停用原因。', confirm: '确认停用', cancel: '不停用', done: '已停用',
}
