// Texts of 操作日志: what was done, to what, in words. A test holds the actions complete.
export const audit = {
  title: '操作日志', filters: '筛选', person: '操作人', noun: '对象类别', action: '操作', from: '从哪天', to: '到哪天',
  list: '操作日志，新的在前', at: '时间', subject: '对象', detail: '内容', seq: '序号', empty: '没有符合条件的记录',
  machine: '服务器命令行', demo: '演示数据', only: '操作日志由县级和管理员查看。', county: (name: string) => `操作日志按县（市、区）记录，这里是${name}的全部记录。`,
  chain: '每条记录都带有前一条的校验值，改动或删去任何一条都会被发现。由管理员在服务器上运行下面的命令核验：', verify: 'flask audit verify',
  same: '同一对象', subjectOnly: (subject: string) => `只看 ${subject}`, narrowed: (subject: string) => `只看对象 ${subject}`, all: '看全部对象',
  yes: '是', no: '否', nothing: '空', became: (a: string, b: string) => `${a} → ${b}`,
}

export const auditNouns: Record<string, string> = {
  site: '主体', visit: '检查', rectification: '整改', notice: '责令改正通知书', task: '任务', campaign: '专项任务', plan: '计划', indicator: '指标填报',
  record: '抽检记录', report: '报表',
  document: '文件', region: '区划与网格', user: '人员', device: '设备', rules: '本县规则', conflict: '两边改动不一致', quarantine: '搁置的上报', photo: '照片', sync: '同步',
  demo: '演示', bench: '压力测试',
}

/** What was done, by the server's name for it. */
export const auditActions: Record<string, string> = {
  'site.add': '新增主体', 'site.edit': '修改主体', 'site.import': '导入主体', 'visit.approve': '审核通过', 'visit.approve-first': '初审通过',
  'visit.return': '退回检查',
  'visit.reject': '不采纳检查', 'rectification.deadline': '改整改期限', 'rectification.evidence': '补充整改材料', 'rectification.supervise': '挂账督办',
  'rectification.unsupervise': '解除督办', 'rectification.escalate': '上报县里', 'rectification.sign_off': '销号', 'rectification.reopen': '重新整改',
  'rectification.notice': '列入通知书', 'notice.make': '出具通知书', 'task.add': '布置任务', 'task.withdraw': '撤回任务', 'campaign.make': '布置专项任务',
  'campaign.withdraw': '结束专项任务',
  'plan.load': '发布计划', 'plan.withdraw': '停用计划', 'indicator.report': '填报指标', 'indicator.report.withdraw': '撤回填报', 'record.add': '登记抽检',
  'record.withdraw': '撤回抽检',
  'record.import': '导入抽检', 'report.freeze': '生成报表', 'report.revise': '重出报表', 'report.compare': '比对报表', 'document.add': '上传文件',
  'region.put': '修改区划、网格',
  'user.add': '新增人员', 'user.edit': '修改人员', 'user.password': '重置密码', 'user.enable': '恢复登录', 'user.disable': '停用人员', 'user.regions': '更换辖区',
  'device.revoke': '停用设备', 'device.add': '登记设备', 'rules.put': '修改本县规则', 'conflict.resolve': '处理两边改动不一致', 'quarantine.release': '放行搁置的上报',
  'quarantine.dismiss': '作废搁置的上报',
  'photo.move': '迁移照片', 'document.move': '迁移文件', 'sync.load-bundle': '载入手机数据包', 'sync.new-epoch': '同步重新开始', 'demo.load': '载入演示数据', 'bench.fill': '载入压力测试数据',
}

/** Words that stand in a detail by the server's names for them. */
export const auditWords: Record<string, string> = { risk: '按风险等级', gap: '补指标缺口', window: '时段检查', True: '是', False: '否', '[]': '', None: '' }

/** Names of what stands in the detail of an entry. */
export const auditKeys: Record<string, string> = {
  without_recheck: '未经复查', batches: '抽检批次', rejected: '有错误的行', files: '文件', sha256: '文件',
  name: '名称', role: '角色', regions: '辖区', active: '可以登录', reason: '原因', note: '说明', items: '逐项原因', title: '标题', kind: '种类', tasks: '任务数',
  set: '填写', before: '原来',
  after: '改为', created: '新增', updated: '更新', unchanged: '未变', number: '文号', notice: '通知书', findings: '问题', photos: '照片', documents: '文件',
  recheck: '复查', due_on: '期限',
  window: '时段', plan_id: '计划', report: '报表', changed: '变动', status: '结果', made_at: '制作时间', operations: '操作', numbers: '编号', drafts: '草稿',
  choose: '采用', kept: '现值', theirs: '手机上的值', waiting: '待迁移', keep: '保留原件', limit: '上限', region: '区域', on: '日期', method: '方式',
  task_level: '任务级别', residue: '农兽药残留', count: '批次数', document: '依据', site: '主体', plan: '计划', boundary: '边界', residents: '人口',
  valid_from: '启用日期', valid_to: '停用日期', login: '用户名', told: '所报用户名', revision: '版本', row: '记录', known: '已有', populations: '人口数',
  users: '人员', address: '地址',
  contact: '联系人', phone: '电话', uscc: '统一社会信用代码', licence_number: '许可证号', licence_until: '许可证到期', risk_grade: '风险等级', type: '业态',
  grid: '网格', place: '位置',
  attributes: '属性', registration_number: '备案号', value: '数值', indicator: '指标', numerator: '分子', denominator: '分母', year: '年份', base: '口径',
  source: '来源', qualified: '合格',
  failed: '不合格', second_approval: '两人审核', review_days: '审核期限（天）', silent_days: '手机失联（天）', late_days: '较晚送达（天）', frequencies: '每年检查次数',
  choice: '取值', field: '字段',
  rows: '行数', digest: '摘要', size: '大小', media_type: '格式', label: '名称', as_of: '截至', at: '时间', id: '编号', org: '县', from: '从', to: '到',
  bytes: '大小',
}
