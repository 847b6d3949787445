// Texts of the login, of the first sync, and of logging in again.

export const login = {
  title: '登录', login: '用户名', password: '密码', go: '登录', going: '正在登录', show: '显示密码', hide: '隐藏密码',
  who: '选择姓名', ready: '已登录，点按继续', needsPassword: '需要密码', other: '其他人登录', choose: '返回选择', asWhom: (name: string) => `${name} 登录`,
  needBoth: '请填写用户名和密码', offline: '没有连上服务器。第一次登录需要网络；请检查网络后重试。',
  offlineKnown: '没有连上服务器。没有退出登录的人可以点姓名继续工作；其他人请联网后登录。',
  revoked: '没有上传的内容还在这部手机里，请把手机带到街道/乡镇办公室。', leftRevoked: '这部手机已被停用。没有上传的内容已交给办公室，本机数据已清除。',
  insecure: '网址不安全，不能使用', insecureText: '浏览器只允许 https:// 开头的网址保存和核对检查内容。请改用 https:// 打开，或向街道/乡镇办公室要正确的网址。',
  noStore: '浏览器不能保存数据', noStoreText: '可能是无痕模式，或手机空间已满。请用普通模式打开，或清理空间后重试。',
  retry: '重试',
}

export const first = {
  title: '正在准备手机上的资料', text: '第一次需要几分钟。完成后没有网络也能工作。', sites: '主体', checklists: '检查表', tasks: '任务', visits: '检查记录', regions: '区划',
  got: (count: number, unit: string) => `${count} ${unit}`,
  units: { regions: '个', sites: '家', checklists: '份', tasks: '条', visits: '份' },
  connecting: '正在连接服务器', receiving: '正在接收', waits: '网络中断，会自动继续',
  wait: (seconds: number) => `，${seconds} 秒后继续`,
  now: '现在继续', enter: '先进入，后台继续下载',
}

export const again = {
  expired: '登录已过期，重新登录', reused: '这部手机的编号重复了，需要重新登录', outdated: '应用版本过低，请更新', title: (name: string) => `${name} 重新登录`,
  why: '可以继续检查；没上传的内容都在手机里，登录后自动上传。', go: '重新登录', going: '正在登录', password: '密码', done: '已重新登录',
}
