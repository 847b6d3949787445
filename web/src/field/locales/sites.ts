// Texts of 主体: the list, the page of a site, and its form.

export const sites = {
  title: '主体', search: '名称、拼音、证号、地址', type: '类型', grid: '网格', allTypes: '全部类型', allGrids: '全部网格',
  sort: '排序', byName: '按名称', byDistance: '按距离', byVisit: '按上次检查', add: '新增', count: (count: number) => `${count} 家`,
  none: '没有找到', noneHint: '换个词试试，或新增这家主体', empty: '手机上还没有主体', emptyHint: '联网同步后会出现在这里',
  never: '未检查过', last: (day: string) => `上次 ${day}`, closed: '已停业',
}

export const site = {
  gone: '手机上没有这家主体', call: '打电话', due: '为什么要查', noDue: '目前没有待办', findings: '待整改', papers: '证件', history: '检查记录',
  noHistory: '还没有检查记录', begin: '开始检查', goOn: '继续检查', edit: '修改', expired: '已过期',
  contact: '联系人', address: '地址', uscc: '统一社会信用代码', licence: '许可证号', registration: '登记证、备案号', risk: '风险等级', until: '有效期至',
  photos: '照片', noPhotos: '还没有照片', draft: '未完成', waiting: '待上传', received: '已收到',
  photosMissing: (count: number) => `缺 ${count} 张照片`, tasks: '任务',
  taskDone: '完成', taskResult: '办理结果', taskResultHint: '写一句办了什么', taskGone: '任务已被收回或已办结，没有提交；写的内容还在这里',
  taskNotKept: '没有存下来，请清理手机空间后重试', due_on: (day: string) => `${day} 前`, failed: '没有打开，请重试',
}

export const siteForm = {
  create: '新增主体', edit: '修改主体', left: '接着上次没填完的内容', drop: '放弃', dropTitle: '放弃这张表？', dropText: '没有保存的内容会从手机上删除',
  basics: '基本情况', contactPart: '联系方式', papers: '证照', attributes: '特征', photos: '门头照片', optional: '选填',
  type: '类型', chooseType: '请选择类型', name: '名称', nameHint: '招牌或营业执照上的名称', grid: '网格', chooseGrid: '请选择网格',
  address: '地址', contact: '联系人', phone: '电话', uscc: '统一社会信用代码', usccHint: '18 位，在营业执照上', licence: '许可证号',
  until: '许可证有效期至', noDay: '未填', registration: '登记证、备案号', risk: '风险等级', noGrade: '未评定', active: '经营状态', open: '正常经营',
  closed: '已停业', closedHint: '停业后不再列为待办，记录保留', unfilled: '未填', yes: '是', no: '否',
  place: '位置', takePlace: '取当前位置', takeAgain: '重新取位置', taking: '正在定位', dropPlace: '去掉位置', noPlace: '还没有位置；没有定位也能保存',
  notFound: '没有定位到：请在手机设置里允许定位，到开阔处再试；不影响保存', accuracy: (metres: number) => `精度约 ${metres} 米`, rough: '精度较差，建议到门口开阔处再取一次',
  placed: (grid: string) => `位置在“${grid}”`, elsewhere: (grid: string) => `位置在“${grid}”，和所选网格不同，请核对`, outside: '位置不在手机上的任何网格内，请核对',
  twin: (name: string) => `手机上已有同名主体：${name}`, twinOpen: '去看看',
  working: '正在保存照片', failedPhotos: '有照片没有处理好，请先重试或删除', notSaved: '没有保存上，请重试', draftNotKept: '手机存不下没填完的内容，请先保存或清理空间',
  fix: (count: number) => `还有 ${count} 处要改`, saved: '已保存', savedText: '现在就检查这家吗？', begin: '开始检查', later: '稍后',
  wrong: {
    type: '请选择类型', name: '请填写名称', grid: '请选择网格', uscc: '代码不对，请核对每一位（末位是校验码）',
    usccLength: (length: number) => `应为 18 位，现在是 ${length} 位`,
  },
}
