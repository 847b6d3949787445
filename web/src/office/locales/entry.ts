// Words of the pages of entry: numbers that offices report, sampling batches and their import.
export const entryTabs = { label: '填报内容', numbers: '数值填报', records: '抽检批次', import: '导入' }

export const entry = {
  title: '填报', plan: '计划', list: '填报清单', form: '填报表', empty: '这份计划没有需要本单位填报的数值',
  noPlan: '所选辖区没有正在执行的计划。', nothing: '没有这一类',
  applies: (name: string) => `本计划适用于${name}，下面是${name}的填报。`,
  show: '显示', tabs: { all: '全部', waiting: '待填', elsewhere: '他级已填', entered: '已填' } as Record<string, string>,
  groups: { waiting: '待填', elsewhere: '由上级或下级填报', entered: '已填' } as Record<string, string>,
  deadline: (day: string) => `截止 ${day}`, over: (days: number) => `已过 ${days} 天`, left: (days: number) => (days ? `还剩 ${days} 天` : '今天截止'),
  unsaved: '未保存', byAbove: (names: string) => `由上级填报：${names}`, byBelow: (names: string) => `由下级填报：${names}`,
  names: (names: string[], all: number) => names.join('、') + (all > names.length ? `等 ${all} 个` : ''),
  met: '达到目标', notMet: '未达标', notYet: '还没到目标', none: '无对象', hint: '口径', inferred: '（推定）',
  span: (title: string, start: string, end: string) => `${title}（${start} 至 ${end}）`,
  stands: '现有填报', by: (name: string, at: string) => `${name} ${at} 填报`, basis: '依据', note: '备注', edit: '改填', withdraw: '撤回',
  withdrawAsk: (title: string, window: string) => `撤回“${title}”${window}的填报后，这个数不再计入指标，原来的填报仍然留档。`, withdrawTitle: '撤回填报', withdrawn: '已撤回',
  replaces: (what: string) => `将替换：${what}`, replacesHint: '保存后原来的数不再计入，仍然留档。', cancel: '不改了',
  elsewhereAbove: '这个时段已由上级填报，本级再填会重复计算，因此不能填。', elsewhereBelow: '这个时段已由下级填报，本级再填会重复计算，因此不能填。',
  elsewhereHint: '确需由本级填报的，请先由对方撤回。', look: (name: string) => `查看${name}的填报`,
  value: '结果', waitsForNumbers: '填好后在这里算出结果', against: (words: string) => `目标${words}`,
  wrong: '请填不小于 0 的数字', tooMany: (part: string, whole: string) => `“${part}”不能大于“${whole}”`, needed: '必填',
  document: '依据文件名或文号', files: '依据文件', saveNext: '保存，填下一项', saved: '已保存', lastSaved: '已保存，没有待填的了',
  keys: 'Enter 到下一格，Ctrl+Enter 保存并到下一项待填', 
  leave: { title: '还没有保存', text: '有填好还没有保存的数，离开后不会保留。', go: '放弃填写', stay: '继续填写' },
  noBasis: '没有登记依据',
}

export const paperField = {
  choose: '选择文件', hint: 'PDF、图片、Excel、Word，每个不超过 20 MB', sending: (name: string, share: number) => `正在上传 ${name} ${share}%`,
  open: (name: string) => `打开 ${name}`,
  remove: (name: string) => `移除 ${name}`, tooBig: (name: string) => `${name} 超过 20 MB，请压缩或拆分`,
  refused: (name: string, why: string) => `${name}：${why}`, most: '最多 20 个文件', unnamed: '文件',
}

export const recordKinds: Record<string, string> = {
  food_sampling: '食品抽检', agri_monitoring: '农产品监测', risk_monitoring: '风险监测', grain_testing: '粮食质量检验', forest_testing: '林产品监测',
  water_testing: '水质检测',
}
export const recordMethods: Record<string, string> = { laboratory: '实验室检验', rapid: '快检' }
export const taskLevels: Record<string, string> = { national: '国家', provincial: '省级', municipal: '市级', county: '县级', township: '乡镇' }

export const records = {
  title: '抽检批次', add: '新增批次', import: '导入', export: '导出', exporting: '正在导出……', exportName: '抽检批次.xlsx',
  empty: '还没有抽检批次', emptyFiltered: '没有符合条件的抽检批次', filters: '筛选抽检批次', kind: '类别', method: '方式', level: '任务级别',
  from: '开始日期', to: '结束日期',
  totals: '合计（批次）', totalsHint: '快检单列，不计入实验室检验。', laboratory: '实验室合计', residue: '其中农兽药残留', rapid: '快检', all: '合计',
  on: '日期', count: '批次数', region: '单位', basis: '依据', feeds: '计入指标', by: '填报', note: '备注', isResidue: '农兽药残留', isRapid: '快检',
  feedsRapid: '指标中单列', feedsNothing: '没有指标用到', withdraw: '撤回', withdrawTitle: '撤回抽检批次', withdrawn: '已撤回', actions: '操作',
  withdrawAsk: (what: string) => `撤回“${what}”后不再计入指标，原来的填报仍然留档。`,
  what: (on: string, kind: string, count: number) => `${on} ${kind} ${count} 批次`,
  onWrong: '结束日期早于开始日期',
}

export const recordForm = {
  title: '新增抽检批次', region: '单位', on: '日期', kind: '类别', method: '方式', level: '任务级别', count: '批次数', residue: '农兽药残留检测', document: '依据文件名或文号',
  files: '依据文件', note: '备注', saveNext: '保存，再填一条', needed: '必填', wrong: '请填 1 以上的整数', future: '日期在今天以后，请核对',
  saved: (what: string) => `已保存：${what}`, fed: '计入指标：', fedRapid: '快检不计入批次数，在这些指标中单列：', nothing: '目前没有计划的指标用到这类批次，已照常保存。',
  same: '与已有的一条完全相同，没有重复计入。确是另一批的，请在备注里写明区别再保存。', keys: 'Enter 到下一格，Ctrl+Enter 保存并再填一条',
}

export const batchImport = {
  title: '导入填报', how: '先下载模板填写，或直接用现有的 Excel、CSV 表。模板的“填写说明”里有示例和今天可以填报的指标。“抽检批次”表要有日期、类别、方式、任务级别、批次数，“填报数值”表要有计划、指标、分子；一个文件可以两张表都有。',
  into: (name: string) => `导入到：${name}`, intoHint: '表里没有写“区域”的行算在这里。', template: '下载模板', templateName: '填报模板.xlsx',
  file: '选择文件（.xlsx、.csv）', again: '换一个文件',
  trying: '正在检查，还没有写入……', working: '正在导入……', tried: (name: string) => `检查结果：${name}（还没有写入）`, done: (name: string) => `已导入：${name}`,
  counts: { batches: '抽检批次', numbers: '填报数值', unchanged: '已有、不重复计', rejected: '有错误的行' } as Record<string, string>,
  errors: (n: number) => `错误 ${n} 处`, warnings: (n: number) => `提醒 ${n} 处`, rows: (n: number) => `可以导入的行（前 ${n} 行）`,
  rowsDone: (n: number) => `已导入的行（前 ${n} 行）`, sheet: '表', row: '行', column: '列', message: '问题',
  shown: (n: number, all: number) => `只列出前 ${n} 处，共 ${all} 处。改好后重新选择文件检查。`,
  all: '有错误时一行也不导入', run: (n: number) => `导入 ${n} 行`, runSome: (n: number, wrong: number) => `导入 ${n} 行，略过有错误的 ${wrong} 行`,
  nothing: '没有可以导入的新内容。',
  fix: '请在文件里改正后重新选择。', changes: { created: '新增', unchanged: '已有', replaced: '替换' } as Record<string, string>, change: '结果', content: '内容',
  replaced: (n: number) => `其中 ${n} 行会替换原来填报的数，请看下面标“替换”的行。`, replaces: (old: string, now: string) => `原来 ${old}，改为 ${now}`,
  ofPlan: (plan: string) => `　${plan}`,
  batch: (kind: string, method: string, level: string, count: number) => `${kind}，${method}，${level}，${count} 批次`,
  number: (indicator: string, window: string, numbers: string) => `${indicator}${window ? `（${window}）` : ''}：${numbers}`,
  toRecords: '看抽检批次', toNumbers: '看数值填报',
}
