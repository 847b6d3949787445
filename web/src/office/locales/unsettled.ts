// Texts of what waits outside the numbers: 两边改动不一致 and 搁置的上报.
export const unsettled = {
  title: '搁置与不一致', back: '回到审核台', tabs: { quarantine: '搁置的上报', conflicts: '两边改动不一致' } as Record<string, string>, tabsLabel: '按种类查看',
  hints: {
    quarantine: '手机报上来、服务器没有接收的内容。没有计入任何数字；放行才计入，作废则不计。上报人的手机上都会看到结果。',
    conflicts: '手机和别人改了同一项内容。现在以先到的为准；请核实后选一个，上报人的手机上会看到结果。',
  } as Record<string, string>,
  many: ({ count, more }: { count: number; more: boolean }) => (more ? `${count}+` : String(count)), state: '处理情况',
  states: {
    quarantine: { open: '待处理', released: '已放行', dismissed: '已作废' }, conflicts: { open: '待处理', kept: '已保留现值', theirs: '已改用手机上的值' },
  } as Record<string, Record<string, string>>,
  onlyRow: '只看与这一条有关的', allRows: '看全部',
  keys: [['j', '下一条'], ['k', '上一条'], ['Tab', '到这一条的按钮'], ['r', '放行（搁置的上报）'], ['d', '作废（搁置的上报）'], ['?', '快捷键说明']],
  empty: { quarantine: '没有搁置的上报', conflicts: '没有不一致的改动' } as Record<string, string>,
  emptyHint: { quarantine: '报上来的都已接收。', conflicts: '手机上的改动都已采用，或者已经选定。' } as Record<string, string>,
  link: (aside: string, conflicts: string) => `搁置的上报 ${aside} · 两边不一致 ${conflicts}`, linkPlain: '搁置的上报、两边不一致',
  left: (n: number) => (n ? `已处理，还剩 ${n} 条` : '已处理，都处理完了'),

  types: { site: '主体', visit: '检查', task: '任务' } as Record<string, string>,
  conflictOf: (type: string, field: string) => `${type} · ${field}`,
  siteUnknown: '未知主体', siteComing: '（尚未建档）', nobody: '未知上报人', revoked: '手机已停用', received: (at: string) => `送达 ${at}`,
  phoneTime: (at: string) => `手机时间 ${at || '不详'}`, visitAt: (at: string) => `检查时间 ${at}`,
  clock: (minutes: number) => {
    const far = Math.abs(minutes)
    const much = far < 120 ? `${far} 分钟` : far < 2880 ? `${Math.round(far / 60)} 小时` : `${Math.round(far / 1440)} 天`
    return `手机${minutes > 0 ? '快' : '慢'}约 ${much}`
  },
  kept: '保留的值', theirs: (name: string) => `${name}的手机要改成`, current: '现在的值', asKept: '与保留的相同', gone: '这一条已经不在了', reload: '重新读取',
  note: '说明（可不填，上报人会看到）', noteShort: '说明', useKept: '保留现值', useTheirs: '改用手机上的值', chosen: { kept: '已保留现值', theirs: '已改用手机上的值' },
  settledBy: (state: string, name: string | null, at: string, note: string) =>
    [state, name, at, note && `说明：${note}`].filter(Boolean).join(' · '),

  deeds: {
    'visit.create': '新的检查', 'visit.patch': '修改检查', 'visit.delete': '删除检查草稿',
    'site.create': '新增主体', 'site.patch': '修改主体', 'site.delete': '删除主体',
    'task.patch': '办理任务',
  } as Record<string, string>,
  amendment: '更正检查', unfinished: '没做完的检查', deedUnknown: '一项操作', notDone: '没做完，没签字',
  draftRevoked: '这次检查导出时还没做完，手机已经停用。放行后成为本人的草稿，可以在新手机上接着做；不再需要就作废。',
  draftWaits: '这次检查导出时还没做完，手机还能用：请本人在手机上接着做、签字，送达后再作废这一条。手机不能用了才放行。',
  draftArrived: '手机后来已经做完并送达，这一条可以作废。', toArrived: '查看送达的检查', waitsFor: '查看它所依赖的',
  advice: {
    'clock-implausible': '手机时间不对。向上报人核实检查时间，放行时改正。', 'answers-invalid': '有回答不合要求。可在放行时去掉这些回答，或请上报人改正后重新上报，再作废这一条。',
    'unknown-site': '主体还没有建档。先建档或放行新增主体的那一条，再放行这一条。', waits: '它所依赖的那一条放行后，这一条会一并放行。',
    'out-of-scope': '不在上报人的辖区内。核实后放行，按您的辖区执行。', 'device-revoked': '手机停用时还没有送达的内容。核实是本人所报后放行。',
    'op-reused': '多半是手机恢复了旧备份，编号与别的内容重复。核对内容没有重复后放行，重复的作废。', 'already-exists': '同一编号的内容已经在了。核对后，重复的作废。',
    'signature-missing': '请上报人补齐人员、签字后重新上报，再作废这一条。', 'visit-immutable': '检查已签字。请上报人在手机上更正后重新上报，再作废这一条。',
    'unknown-checklist': '检查表版本不在这里。载入后可以放行；否则请上报人同步后重新检查。', 'state-changed': '事情已经变了。核对后，不再需要的作废。',
    invalid: '有内容填写不正确。可在放行时改正，或请上报人改正后重新上报，再作废这一条。', forbidden: '上报人没有这项权限。核实后作废，需要的请有权限的人另报。',
  } as Record<string, string>,
  moreLines: (n: number) => `其余 ${n} 项内容`, seenThen: '手机改之前是', nothing: '没有可以读出的内容',
  photos: (n: number) => `照片 ${n} 张`, photo: (n: number) => `第 ${n} 张照片`,
  raw: '原始内容（供技术人员核对）',

  release: '放行…', dismiss: '作废…', releaseTitle: (deed: string, site: string) => `放行：${deed}${site && ` · ${site}`}`,
  releaseText: (name: string) => `以${name}的名义重新执行，计入其工作；等待它的上报一并放行。`,
  releaseDraft: (name: string) => `放行后成为${name}的草稿，本人在手机上接着做、签字才计入。`,
  mend: '放行前改正（可不改）', mendHint: '改正的内容和是谁改的都留有记录。', takeOut: (question: string) => `去掉“${question}”这一项回答，按没有回答处理`,
  releaseNow: '放行', releasedDone: '已放行',
  dismissTitle: (deed: string, site: string) => `作废：${deed}${site && ` · ${site}`}`, dismissText: '作废后不再执行，也不计入；内容仍保留备查。',
  reason: '作废的原因（上报人会看到）',
  needReason: '请写明作废的原因。', phrases: ['已改正后重新上报', '重复上报', '内容有误，请重新检查上报', '不再需要'],
  dismissNow: '作废', dismissedDone: '已作废',
}
