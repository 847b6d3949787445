// Words of the pages about rectifications and notices.
export const rectifications = {
  title: '整改', tabsLabel: '整改状态', filters: '筛选整改',
  tabs: { open: '待整改', overdue: '已逾期', due_soon: '即将到期', evidence: '待核验', to_sign: '待销号', supervised: '挂账督办', escalated: '已上报县级',
    closed: '已销号' } as Record<string, string>,
  text: '主体名称', siteType: '业态', key: '重点或一般', keys: { true: '重点项', false: '一般项' } as Record<string, string>,
  sort: '排序', due: '期限早的在前', newest: '新发现的在前', empty: '没有符合条件的整改',
  site: '主体', item: '不符合的检查项', opened: '发现日期', dueOn: '整改期限', stage: '进展', town: '乡镇（网格）', isKey: '重点',
  over: (days: number) => `逾期 ${days} 天`, left: (days: number) => (days ? `还剩 ${days} 天` : '今天到期'), mended: (day: string) => `${day} 复查合格`,
  repeats: (n: number) => `第 ${n + 1} 次出现`, supervised: '挂账督办', escalated: '已上报', atMost: (n: number) => (n >= 1000 ? '1000+' : String(n)),
}

export const rectification = {
  title: '整改', back: '回到整改列表', found: '发现问题', visit: '查看检查', line: '整改经过', item: '检查项',
  action: '整改要求', basis: '法律依据', clauses: '计划条款', guidance: '怎么查', noBasis: '没有登记法律依据', none: '无', site: '主体',
  address: '地址', contact: '联系人', phone: '电话', uscc: '统一社会信用代码', licence: '许可证号', grid: '网格', due: '整改期限', opened: '发现日期',
  compare: '整改前后', before: '发现时', evidence: '整改材料', after: '复查', noEvidence: '没有整改材料', noRecheck: '还没有复查', noPhotos: '没有照片',
  photo: (what: string, n: number) => `${what}照片 ${n}`, enlarge: (what: string) => `放大：${what}`, note: '备注', proof: '证明已整改',
  rejected: '该检查不采纳', replaced: '已被更正', recheck: '复查', answered: '不符合', filledIn: '已填报',
  repeats: '该主体同一问题', repeatOpened: (day: string) => `${day} 发现`, repeatMended: (day: string) => `${day} 整改`, notMended: '待整改',
  from: (before: string, due: string) => `期限由 ${before} 改为 ${due}`, notice: (number: string) => `通知书 ${number}`, print: '查看、打印',
  withoutRecheck: (why: string) => `未经复查：${why}`, byRecheck: '依据复查', mendedStep: '复查合格', failedAgain: '复查仍不合格', waits: '等待下一步',
  stages: { open: '待整改', notified: '已发通知书', evidence: '待核验', to_sign: '待销号', closed: '已销号', withdrawn: '撤销' } as Record<string, string>,
}

export const rectificationSteps = {
  title: '办理', none: '目前没有可办理的事项。',
  names: { deadline: '调整期限', notice: '出具责令改正通知书', evidence: '登记整改材料', supervise: '挂账督办', unsupervise: '解除督办', escalate: '上报县级',
    sign_off: '销号', reopen: '重新打开' } as Record<string, string>,
  dueOn: '新的期限', reason: '原因', note: '说明', noteOptional: '说明（可不填）', withoutRecheck: '未经复查销号的理由',
  withoutHint: '还没有复查证明已整改。仍要销号须写明理由，且不计入指标的“已整改”。', resend: '提交', need: '请写明原因。',
  fileFailed: '有文件没有传上，提交前请重新选择。', without: '不附这个文件', needDue: '请填写新的期限。',
  needEvidence: '说明、照片、文件至少一样。', photos: '照片', documents: '文件（PDF、图片、Excel、Word，每个不超过 20 MB）', remove: (name: string) => `移除 ${name}`,
  sending: (share: number) => `正在上传 ${share}%`, done: '已办理',
}

export const notices = {
  title: '出具责令改正通知书', of: (name: string) => `主体：${name}`, choose: '选择写入通知书的问题', all: '全选', make: (n: number) => `出具通知书（${n} 项）`,
  due: '统一整改期限', dueHint: '不填则用所选问题中最早的期限；最早的期限已过时必须填写。填写后成为所选问题的新期限。', empty: '该主体没有待整改的问题', back: '返回',
  most: '一份通知书至多 50 项', needDue: '所选问题的最早期限已过，请填写统一整改期限。', already: (number: string) => `已发 ${number}`,
  print: '打印', toSite: '回到整改', party: '当事人', uscc: '统一社会信用代码', licence: '许可证（备案）编号', address: '住所（经营场所）', responsible: '负责人',
  phone: '联系电话', facts: '存在的问题及整改要求', number: '序号', fact: '检查项目', result: '检查结果', failed: '不符合要求', demand: '改正要求', basis: '法律依据', colon: '：',
  lasts: (inspectors: string) => `检查人员：${inspectors}`, day: (year: number, month: number, date: number) => `${year}年${month}月${date}日`,
  comma: '、', key: '（重点项）', seal: '（印章）',
}
