// Words of the ledger: its tabs, the sites, their import and their map.
import { riskGrades } from '@/shared/words/sites'

export const ledgerTabs = {
  label: '台账',
  names: { sites: '主体', map: '网格地图', regions: '区划与网格', users: '人员', devices: '设备', audit: '操作日志' } as Record<string, string>,
}

export const ledgerSites = {
  title: '台账', document: '台账·主体', add: '新增主体', import: '导入', export: '导出 Excel', exportName: '主体台账.xlsx', filters: '筛选主体',
  text: '名称、地址、证号、电话', type: '业态',
  empty: '没有符合条件的主体', emptyHint: '换个词，或清除筛选条件再找。', emptyAll: '这个辖区还没有主体', emptyAllHint: '可以逐个新增，或把现有台账整表导入。',
  risk: '风险等级', risks: riskGrades,
  active: '经营状态', actives: { open: '正常经营', closed: '已停业', all: '全部状态' } as Record<string, string>,
  licence: '许可证', licences: { 0: '已到期', 30: '30 天内到期', 90: '90 天内到期' } as Record<string, string>,
  visited: '检查', visits: { false: '检查过', true: '从未检查' } as Record<string, string>,
  findings: '整改', finding: { true: '有待整改', false: '无待整改' } as Record<string, string>,
  place: '位置', places: { true: '有位置', false: '无位置' } as Record<string, string>,
  sort: '排序', sorts: { name: '按名称', newest: '最近检查的在前' } as Record<string, string>,
  names: '名称', grid: '乡镇（网格）', address: '地址', lastVisit: '最近检查', open: '待整改', never: '从未检查', closed: '已停业', noPlace: '无位置',
  licenceWords: { none: '未登记', undated: '长期或未填', expired: '已过期', soon: '即将到期', valid: '有效' } as Record<string, string>,
  daysLeft: (days: number) => (days < 0 ? `已过期 ${-days} 天` : days ? `还剩 ${days} 天` : '今天到期'),
}

export const sitePage = {
  title: '主体', back: '回到台账', edit: '修改', notice: '出具通知书', onMap: '在网格地图上看', closed: '已停业',
  basics: '基本情况', papers: '证照', attributes: '特征', where: '位置', noAttributes: '没有填写',
  name: '名称', type: '业态', grid: '乡镇（网格）', address: '地址', active: '经营状态', risk: '风险等级', uscc: '统一社会信用代码', licence: '许可证号',
  until: '许可证有效期至', registration: '登记证、备案号', contact: '联系人', phone: '电话', unfilled: '未填', yes: '是', no: '否',
  longTerm: '长期或未填', coordinates: '坐标', accuracy: (m: number) => `精度 ${m} 米`, noPlace: '没有登记位置，地图上看不到这家主体。', mapLabel: '主体位置与网格边界的地图',
  noBoundary: '这个网格还没有划边界。', given: (crs: string) => `登记时用的是${crs}坐标，已换算`,
  expired: (what: string, days: number) => `${what}已过期 ${days} 天`,
  soon: (what: string, days: number) => (days ? `${what}还有 ${days} 天到期` : `${what}今天到期`),
  photos: '主体照片', photo: '主体', photosMissing: (n: number) => `另有 ${n} 张照片还没有送达`,
  findings: '问题与整改', findingStates: { open: '待整改', to_sign: '待销号', closed: '已销号' } as Record<string, string>, findingTabs: '整改状态',
  noFindings: { open: '没有待整改的问题', to_sign: '没有待销号的整改', closed: '没有已销号的整改' } as Record<string, string>,
  item: '问题', opened: '发现日期', due: '整改期限', stage: '进展',
  visits: '检查记录', noVisits: '还没有检查', at: '检查时间', document: '类型', verdict: '结论', failed: '不合格', inspector: '检查人', review: '审核',
  failedWords: (key: number, general: number) => [key && `重点 ${key}`, general && `一般 ${general}`].filter(Boolean).join('，') || '0',
  replaced: '已被更正',
  history: '修改记录', noHistory: '登记后没有修改过', field: '字段', before: '修改前', after: '修改后', by: '修改人', why: '来源',
  when: '时间', anyField: '全部字段', latest: '只显示最近 200 次修改',
  reasons: { push: '手机上报', office: '办公端', ledger: '台账导入', conflict: '处理不一致', release: '放行搁置的上报', delete: '删除草稿' } as Record<string, string>,
  taken: '（去掉）',
}

export const siteForm = {
  newTitle: '新增主体', licence: '许可证', newDocument: '新增主体', back: '回到台账', add: '保存主体', saved: '已保存', added: '已新增',
  chooseType: '请选择业态', noGrade: '未评定', open: '正常经营', closed: '已停业', closedHint: '停业后不再列为待查，检查和整改记录都保留。', usccHint: '18 位，与营业执照一致',
  untilHint: '长期有效的不填', oddPhone: '这不像电话号码，请核对。', gridHint: '不选时按位置落在哪个网格来定', grid: '所属网格', chooseGrid: '选到村或网格',
  place: '位置', lon: '经度', lat: '纬度', crs: '坐标系',
  crss: { WGS84: 'GPS（WGS-84）', CGCS2000: '国家 2000', GCJ02: '高德、腾讯', BD09: '百度' } as Record<string, string>,
  pick: '在地图上点选，或者直接填经纬度。', pickMap: '点选位置的地图：用方向键移动，按回车选在正中', drop: '去掉位置', inGrid: (name: string) => `位置在“${name}”`,
  notInGrid: '位置不在辖区内的任何网格里，请核对。', otherGrid: (name: string) => `位置在“${name}”，与所选网格不同，请核对。`, useGrid: '改用这个网格',
  badPlace: '经度、纬度要一起填，都是数字。', many: '可多选', unfilled: '未填',
  fix: (n: number) => `还有 ${n} 处填写不正确，已在各项下面写明。`, twin: '台账里已有同一主体：', twinClosed: '（已停业）',
  leave: { title: '还没有保存', text: '填写的内容还没有保存，离开后不会保留。', stay: '继续填写', go: '放弃填写' }, nothing: '没有改动',
}

export const siteStale = {
  title: '您打开以后，这家主体又被改过',
  text: (who: string, at: string) => `${[who, at && `于 ${at}`].filter(Boolean).join('')} 改了下面的内容。您的修改还没有保存，请逐项选择留哪个，再点“保存”。`,
  someone: '有人', field: '字段', before: '您打开时', theirs: '现在的', mine: '您填的', keepTheirs: '用现在的', keepMine: '用我填的',
}

export const siteImport = {
  title: '导入台账', back: '回到台账', intro: '先看结果，再导入：选好文件后只检查，不写入任何内容；确认无误再点“导入”。同一份台账可以反复导入，不会产生重复主体。',
  template: '下载模板', templateName: '台账模板.xlsx', step1: '1. 准备台账', step1Text: '可以用模板，也可以用现有台账：表头里有“名称”“主体类型”等列即可，列的顺序不限。支持 .xlsx 和 .csv。',
  step2: '2. 选择文件', region: (name: string) => `导入到：${name}`, regionHint: '行里没有写网格的，按坐标、所属乡镇、所属村定位；都没有的放在上面所选的辖区。',
  crs: '台账没有注明坐标系时，坐标是', crsNone: '不导入坐标', file: '台账文件', checking: '正在检查……大表要一两分钟，请不要关闭页面。',
  step3: '3. 检查结果', step4: '4. 导入完成', created: '新增', updated: '更新', unchanged: '没有变化', rejected: '有错误，不导入', warned: '有提醒', rows: '行',
  sites: '家', errors: '错误', warnings: '提醒', errorsHint: '请在原表中改好再重新选择文件；也可以先导入没有错误的行。', row: '行', column: '列', message: '问题', remedy: '怎么改',
  kind: '类别', atMost: (n: number, all: number) => `这里显示前 ${n} 条，共 ${all} 条；全部见错误清单。`, list: '下载错误清单', listName: '台账错误清单.csv',
  changes: '将要写入的内容', changesAtMost: (n: number) => `这里显示前 ${n} 行。`, action: '操作', name: '主体', change: '变化',
  nothing: '没有要写入的内容。', same: '没有要写入的内容：台账与系统里的一致。',
  actions: { create: '新增', update: '更新' } as Record<string, string>, newSite: '新主体',
  arrow: (before: string, after: string) => `${before} → ${after}`,
  strict: '只要有错误，就一行也不导入', run: (created: number, updated: number) => `导入（新增 ${created} 家，更新 ${updated} 家）`, running: '正在导入……',
  doneText: (created: number, updated: number, unchanged: number) => `新增 ${created} 家，更新 ${updated} 家，${unchanged} 家没有变化。`,
  doneRejected: (n: number) => `${n} 行有错误，没有导入。`, toSites: '查看台账', again: '再导入一份', tooBig: '文件超过 20 MB，请拆成几份再导入。',
  unreadable: '文件读不出来，请重新选择。',
}

export const ledgerMap = {
  title: '台账', document: '台账·网格地图', legend: '图例', states: { findings: '有待整改问题', due: '该检查了', fine: '正常' } as Record<string, string>,
  hint: '点图例可以显示或隐藏。', type: '业态', allTypes: '全部业态', map: '主体分布地图', shown: (n: number) => `图上 ${n} 家`,
  more: '主体太多，图上只有前 20,000 家；请选小一些的辖区。', none: '这个辖区没有登记了位置的主体。', gridsFailed: '网格边界没有读到，请刷新页面。', noGrids: '这个辖区还没有划网格边界。',
  tooManyGrids: '网格太多，选到县或乡镇才显示边界。',
  list: '用列表看', pick: '点图上的主体查看', open: '打开主体档案', sites: (n: number) => `${n} 家主体`, unplaced: '没有登记位置的主体',
  lastVisit: '最近检查', never: '从未检查', findings: (n: number) => `待整改问题 ${n} 项`, all: '全图',
}
