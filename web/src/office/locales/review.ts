// Texts of 审核台, of one visit on a page, and of 设置.

export const review = {
  title: '审核台',
  tabs: { all: '待处理', new: '新报', again: '更正重报', second: '待复审', overdue: '已逾期', returned: '已退回' } as Record<string, string>,
  tabsLabel: '按状态查看', filters: '筛选', site: '主体', document: '类型', verdict: '结论', flags: '提示', photos: '照片', inspector: '检查人', at: '检查时间',
  waiting: '等待', place: '网格', text: '主体名称', siteType: '业态', sort: '排序', oldest: '等得最久的在前', newest: '最新的在前',
  anyFlag: '有提示', noFlag: '没有提示', anyone: '检查人', pick: (name: string) => `选择 ${name}`,
  pickAll: '选择本页全部没有问题的检查', pickable: '没有问题，可以批量通过', notPickable: '须打开逐条审核',
  key: (n: number) => `重点项 ${n}`, general: (n: number) => `一般项 ${n}`, failed: '不合格', waits: (n: number) => (n ? `${n} 天` : '今天'),
  overdue: '逾期',
  missing: (n: number) => `缺 ${n}`, none: '—', amends: '更正', first: (name: string) => `${name}已初审`, seen: '已看',
  arrived: (n: number) => (n > 0 ? `有 ${n} 条新到，点击刷新` : '队列有变化，点击刷新'),
  empty: '没有待审核的检查', emptyHint: '新报上来的检查会自动出现在这里。', emptyFiltered: '没有符合条件的检查',
  views: '我的视图', noViews: '还没有保存的视图', saveView: '保存当前条件…', viewName: '给当前筛选条件起个名字', viewSaved: '已保存',
  viewDelete: (name: string) => `删除视图 ${name}`,
  viewDeleted: '已删除', bulk: (n: number) => `查看并批量通过（${n}）`, unpick: '取消选择',
  tooMany: '一次最多 100 条',
  done: '都处理完了',
}

export const bulk = {
  title: '批量通过', intro: '往下翻，逐条看过后再通过；没有看到的不会通过。', seen: (n: number, all: number) => `已看 ${n} / ${all} 条`,
  approve: (n: number) => `通过已看的 ${n} 条`, note: '审核意见（可不填）', allRight: (n: number) => `${n} 项符合`,
  aside: (n: number) => `${n} 项不适用或未看到`,
  noPhotos: '没有照片', distance: (m: string) => `距主体 ${m}`, noPlace: '没有记录位置', placed: '已记录位置，主体没有登记位置',
  missing: (n: number) => `${n} 项没有回答`, drop: '不批量通过这条', open: '打开',
  done: (n: number) => `已通过 ${n} 条`, second: (n: number) => `${n} 条已初审，还要另一人复审`, refused: (n: number) => `${n} 条没有通过，请逐条打开审核：`,
  failed: '读取失败', }

export const keys = {
  title: '快捷键', open: '快捷键（?）',
  queue: [['j', '下一条'], ['k', '上一条'], ['Enter', '打开'], ['x', '选择（可批量通过的）'], ['?', '快捷键说明']],
  visit: [['j', '下一条检查'], ['k', '上一条检查'], ['a', '通过（再按 Enter 确认）'], ['r', '退回'], ['Esc', '取消；再按一次回到队列'], ['?', '快捷键说明'],
  ['← →', '看照片时：上一张、下一张']],
}

export const visitPage = {
  title: '检查', back: '回到队列', previous: '上一条', next: '下一条', position: (n: number, all: number) => `第 ${n} / ${all} 条`, at: '检查时间',
  received: '送达时间', inspector: '检查人', grid: '网格', document: '类型', address: '地址', verdict: '结论', state: '审核', siteType: '业态',
  inactive: '该主体已停业或注销', phoneTime: (at: string) => `手机时间 ${at}`, late: '较晚送达', history: '主体档案',
  failures: (n: number) => `不合格 ${n} 项`, noFailures: '没有不合格项', sections: '全部回答', key: '重点', advisory: '鼓励', noAnswer: '没有回答',
  unanswered: (n: number) => `没有回答的 ${n} 项`,
  summary: (pass: number, aside: number, missing: number) => [`${pass} 项符合`, aside && `${aside} 项不适用或未看到`,
  missing && `${missing} 项没有回答`].filter(Boolean).join('，'),
  wanting: '要求拍照，没有照片', note: '备注', basis: '依据', clauses: '计划条款', law: '法律依据', guidance: '怎么查', due: (day: string) => `整改期限 ${day}`,
  closed: (day: string) => `${day} 已整改`,
  older: '此前已发现、尚未整改', action: '整改要求', rectification: '查看整改', unknownItem: '检查表里没有这一项', returnItem: '退回此项',
  itemReason: (question: string) => `退回原因：${question}`,
  photos: (n: number) => `照片 ${n} 张`, noPhotos: '没有照片', missing: (n: number) => `还有 ${n} 张照片没有送达`,
  photoOf: (n: number, all: number) => `第 ${n} / ${all} 张`, signature: '经营者签字', other: '其他照片',
  notStored: '照片还没有送达', enlarge: (n: number, what: string) => `放大第 ${n} 张照片：${what}`, grade: '证据', noGrade: '未评级', full: '查看原图',
  close: '关闭',
  effects: { ungraded: '暂不评定', weak: '至多薄弱', fair: '至多一般', note: '仅作说明', support: '佐证' } as Record<string, string>,
  distance: (m: string) => `手机定位距主体 ${m}`, exifDistance: (m: string) => `照片自带位置距主体 ${m}`, device: '拍摄设备',
  twins: (n: number) => `另有 ${n} 次检查用了几乎相同的照片`, twin: '查看那次检查',
  map: '位置', start: '检查开始', end: '检查结束', siteHere: '主体登记位置', noPlace: '没有记录检查位置', noSitePlace: '主体没有登记位置',
  accuracy: (m: number) => `精度 ${m} 米`, fromSite: (m: string) => `距主体 ${m}`,
  mapLabel: '检查位置与主体位置的地图',   earlier: '该主体的历次检查', noEarlier: '没有其他检查', trail: '审核经过', noTrail: '还没有审核', amended: '与更正前对比',
  amendedNone: '回答没有变化', before: '更正前', after: '更正后', itemName: '检查项', whyReturned: '退回原因',
  replaced: '这次检查已被更正，请审核更正后的那次', toReplaced: '打开更正后的检查', replaces: '这是对退回检查的更正', toReplaces: '打开更正前的检查',
  conflicts: (n: number) => `两边改动不一致 ${n} 处`, quarantine: (n: number) => `搁置的上报 ${n} 条`,
  officers: '检查人员', certificate: '执法证号', word: '经营者意见', visitNote: '检查备注',
  signatures: { signed: '已签字', refused: '拒绝签字', absent: '不在场' } as Record<string, string>, more: '其他记录', ended: '结束时间',
  decisions: { approve: '通过', 'approve-first': '初审通过', return: '退回', reject: '不采纳' } as Record<string, string>, }

export const decide = {
  title: '审核', approve: '通过', return: '退回', reject: '不采纳', approveKey: '通过（A）', returnKey: '退回（R）', cancel: '取消',
  own: '这是您本人的检查，须由他人审核。', first: (name: string, at: string) => `${name}已于 ${at} 初审通过，须另一人复审。`, mine: '您已初审通过，须由另一人复审。',
  willSecond: '本县要求两人审核：您通过后，还须另一人复审才生效。', draft: '草稿尚未签字，不能审核。',
  decided: (state: string, name: string, at: string) => `${state} · ${name} · ${at}`,
  returnedWaits: '已退回，等待检查人在手机上更正。', rejected: '已不采纳，不再改变。', missing: (n: number) => `还有 ${n} 张照片没有送达，可以等照片到齐再审。`,
  approveTitle: '通过这次检查？', failedCount: (key: number, general: number) => `不合格：重点项 ${key} 项，一般项 ${general} 项`, nothingFailed: '没有不合格项',
  approveNote: '审核意见（可不填）', approveNow: '确认通过',
  returnTitle: '退回更正', returnIntro: '在左边勾选要更正的检查项，逐项写明原因；检查人的手机上会看到。', noItems: '还没有勾选检查项，可以只写总的原因。', general: '总的原因',
  phrases: ['照片看不清，请重拍', '缺少照片，请补拍', '回答与照片不一致，请核对', '备注没有写清楚，请补充'], returnNow: (n: number) => (n ? `退回（${n} 项）` : '退回'),
  needReason: '请写明原因：勾选检查项并写原因，或写总的原因。', needItemReason: '勾选的检查项都要写原因。', rejectTitle: '不采纳这次检查', rejectIntro: '不采纳后不计入任何统计，也不能再改变。',
  rejectReason: '不采纳的原因', rejectNow: '确认不采纳', needRejectReason: '请写明不采纳的原因。',
  done: { approve: '已通过', second: '初审已通过，等待另一人复审', return: '已退回，检查人同步后会看到', reject: '已不采纳' }, reload: '重新读取',   drop: '不退回此项',
}

export const settings = {
  title: '设置', rules: '本县规则', of: (name: string) => `${name}的规则`, pickCounty: '请在上方选择一个县（市、区）。', readOnly: '规则由县级修改，您可以查看。',
  second: '两人审核', secondOptions: { never: '不需要', findings: '有不合格项的检查', always: '所有检查' } as Record<string, string>,
  secondHint: '从下一次审核起生效；同一人不能审核两次。',
  reviewDays: '审核期限（天）', reviewDaysHint: '检查送达后超过此天数未审核，列为逾期。', frequencies: '每年检查次数', frequency: (grade: string) => `${grade} 级（次/年）`,
  frequencyHint: '按风险等级；办公端的地图和任务、网格员的手机都按它算哪些主体该检查了。',
  silentDays: '手机失联（天）', silentHint: '手机超过此天数没有同步，列为失联。', lateDays: '较晚送达（天）', lateHint: '检查后超过此天数才送达的，标为较晚送达；只对以后送达的检查生效。',
  save: '保存规则', saved: '规则已保存', updated: (at: string) => `上次修改：${at}`, defaults: '目前使用默认值',
  password: '修改密码', old: '现在的密码', fresh: '新密码', again: '再输一次新密码', hint: '至少 8 个字符。修改后，其他电脑和手机上的登录会失效。', change: '修改密码', changed: '密码已修改',
  short: '新密码至少 8 个字符。', differs: '两次输入的新密码不一致。', empty: '请填写现在的密码。', account: '账号', }

/** What a reviewer should know before opening a visit; the words of inspect_api/models/visits.py. A test holds both equal. */
export const flagTitles: Record<string, string> = {
  key: '重点项不合格', failed: '有不合格项', far: '检查地点距主体较远', no_place: '未记录检查地点', clock: '手机时间与服务器相差超过 1 小时', late: '检查后较晚送达',
  unsigned: '经营者拒绝签字', mock: '位置由软件提供',
}
