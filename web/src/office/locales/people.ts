// Texts of 人员 and 设备. Those of 操作日志 stand in audit.ts.
export const users = {
  title: '人员', filters: '筛选', text: '姓名或用户名', role: '角色', state: '状态', active: '可以登录', inactive: '已停用', add: '新增人员',
  list: '人员列表', name: '姓名', login: '用户名', regions: '辖区', devices: '设备', seen: '最近联系', never: '从未登录', everywhere: '全部', noRegion: '没有辖区',
  edit: (name: string) => `修改 ${name}`, empty: '没有符合条件的人员', you: '（您本人）', readOnly: '人员由县级管理，您可以查看。',
  shown: (many: number, more: boolean) => (more ? `已显示 ${many} 人，还有更多` : `共 ${many} 人`),
  toDevices: (n: number) => `${n} 台`,
}

export const userForm = {
  add: '新增人员', edit: '修改人员', login: '用户名', loginHint: '登录时用，字母、数字、点、横线或下划线，至少 2 个字符；建立后不能修改。', name: '姓名', role: '角色', regions: '辖区',
  regionsHint: '网格员选网格，乡镇审核选乡镇（街道），可以选几个。', addRegion: '选择要加的辖区', wholeVillage: (name: string) => `${name}（全部网格）`,
  village: (name: string) => name.replace(/(村民委员会|村委会|社区居民委员会|居民委员会|居委会|村|社区)$/, ''), drop: (name: string) => `去掉 ${name}`,
  noRegions: '还没有选择辖区', taken: (said: string) => `${said}，请换一个用户名。`,
  make: '建立并生成密码', saved: '已保存',
  adminAll: '管理员可以不选辖区，即全部。', ownOnly: '您只能修改自己的姓名；角色、辖区和停用须由他人处理。', moved: '换辖区后，手机下次同步时收到新辖区的数据；还没有上传的内容不会丢失。',
  missing: { login: '请填写用户名。', name: '请填写姓名。', role: '请选择角色。', regions: '请选择辖区。' } as Record<string, string>,
  reload: '读取最新的再改',
}

export const userAccess = {
  title: '登录', password: '重置密码', passwordAsk: (name: string) => `给${name}一个新密码？`,
  passwordWhat: '原来的密码立即失效，各台手机和电脑上的登录都会退出。手机上还没有上传的内容会保留，用新密码登录后继续上传。',
  out: '停用', outAsk: (name: string) => `停用${name}？`, outWhat: '立即不能登录，手机也不能再上传。手机上还没有上传的内容留在手机里，恢复后可以继续上传；已经上传的不受影响。请先确认其手机已同步。',
  outDone: '已停用', back: '恢复登录', backDone: '已恢复，可以登录', unsent: '查看其设备和未上传内容',
  state: { on: '可以登录', off: '已停用，不能登录' },
}

export const passwordOnce = {
  title: '新密码', intro: (name: string) => `${name}的新密码只显示这一次，请立即复制或抄下，当面或电话告知本人。`, login: '用户名', password: '密码',
  copy: '复制密码', copied: '已复制', copyFailed: '浏览器不让复制，请选中后按 Ctrl+C，或抄下来。', done: '我已记下，关闭', spoken: '密码里没有容易混淆的字母和数字（如 l、o、0、1）。',
  hint: '登录后，请本人在“设置”里改成自己的密码。',
}

export const devices = {
  title: '设备', filters: '筛选', text: '姓名、用户名、设备名称或编号',
  tabs: { used: '在用手机', silent: '失联', unsent: '有未上传', browser: '电脑', revoked: '已停用', all: '全部' } as Record<string, string>,
  tabsLabel: '按状态查看',
  silentTab: (days: number) => `失联（${days} 天以上）`, list: '设备列表，失联最久的在前', holder: '使用人', region: '辖区', device: '设备', seen: '最近联系',
  unsent: '未上传',
  app: '应用版本', state: '状态', revoke: '停用', revokeOf: (name: string) => `停用 ${name} 的设备`, browser: '电脑', phone: '手机', here: '本机',
  ago: (days: number) => (days < 1 ? '今天' : `${days} 天前`), silent: '失联', held: (n: number) => `${n} 条`, allSent: '没有', notTold: '未告知',
  heldHint: '“未上传”是手机最近一次联系时告知的，此后可能又有增加。', gaps: (n: number) => `有 ${n} 个编号没有收到`, clock: (text: string) => `手机时间${text}`,
  fast: (n: string) => `快 ${n}`, slow: (n: string) => `慢 ${n}`,
  minutes: (n: number) => (n < 90 ? `${n} 分钟` : n < 2880 ? `${Math.round(n / 60)} 小时` : `${Math.round(n / 1440)} 天`),
  noApp: '未告知', revoked: (at: string) => `${at} 停用`, empty: '没有符合条件的设备', emptySilent: '没有失联的设备',
  emptyUnsent: '没有设备报告有未上传的内容',
  note: '这里只有设备最近一次联系时的情况；系统不记录手机在哪里、走了多远。', id: (id: string) => `编号 ${id}`,
}

export const revoking = {
  title: (name: string) => `停用${name}的设备`, once: '停用后不能恢复：这台设备不能再登录、下载和正常上传。本人可以换一台，或清除数据后重新登录（会成为新设备）。', onceBrowser: '停用后不能恢复。',
  held: (n: number) => `它最近一次联系时还有 ${n} 条内容没有上传。`, heldNone: '它最近一次联系时没有未上传的内容；此后是否又有，不得而知。', heldUnknown: '它从未告知有没有未上传的内容。',
  then: '没有上传的内容这样处理：', steps: [
    '设备下次联网时，会把手里的内容全部再交一次；这些内容不直接入账，进入“搁置的上报”，由审核人员逐条决定放行还是作废。',
    '它自己的检查所用的照片仍会收下。', '交完以后，设备上的数据自动清除。', '如果设备已丢失或再也不联网，没有上传的内容就没有了。',
  ],
  advice: '如果设备还在手里，请先让本人联网同步，等“未上传”变为“没有”再停用。', browser: '这是办公电脑的浏览器，没有要上传的内容；停用后它不能再看和改任何内容，下一次操作时退回登录页。本人用密码重新登录会成为一台新设备；要让他不能再登录，请在“人员”里停用这个人。',
  confirm: '确认停用', done: '设备已停用',
}
