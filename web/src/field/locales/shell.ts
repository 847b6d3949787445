// Texts of the frame around the pages, of 我的, and of updates.

export const app = { name: '食品安全网格巡查', short: '食安巡查', description: '网格员的食品安全巡查：没有信号也能检查、拍照，有网络时自动上传。' }

export const shell = {
  tabs: '主要页面', badge: (waiting: number, refused: number) => `，${waiting} 项待传${refused ? `，${refused} 项需要处理` : ''}`,
  pageBroken: '这一页没有打开', pageBrokenText: '已保存的回答和照片都还在手机里。', toToday: '回到今日', reload: '重新载入',
  chunkLost: '这一页还没有下载到手机，请联网后重试', stepFailed: '刚才这一步没有完成，请重试；已保存的内容都还在',
  full: '手机空间不足，刚才的内容没有存下来；请先清理手机空间',
}

export const update = { offered: '有新版本', now: '更新', going: '正在更新', what: '只需几秒，内容都保留' }

export const me = {
  title: '我的', name: '姓名', login: '用户名', role: '角色', grids: '负责的网格', version: '应用版本', device: '设备编号',
  storage: '手机存储', privacy: '记录哪些信息', switch: '切换人员', switchHint: '这个人保持登录，下次点姓名就能继续',
  logOut: '退出登录', logOutTitle: '退出登录？', logOutText: '数据留在手机里；再次使用时要联网并输入密码。',
  holds: '还有没上传的内容', holdsText: (what: string) => `${what}。请先联网上传，或导出后交给街道/乡镇办公室，再退出登录。`,
  operations: (count: number) => `${count} 条待上传`, photos: (count: number) => `${count} 张照片待上传`,
  drafts: (count: number) => `${count} 次没做完的检查`, forms: (count: number) => `${count} 个没保存的主体登记表`,
  unfit: (count: number) => `${count} 张服务器没有接收的照片`, begun: '没做完的不会自动上传：请做完提交，或放弃。', toToday: '继续做完',
  toSync: '去同步', wipe: '清除本机数据', wipeTitle: '清除本机数据？', wipeText: '会删除这个人在这部手机上的全部数据。服务器上的不受影响。',
  wipeAgain: '真的清除吗？', wipeLost: (what: string) => `以下内容只在这部手机上，清除后不能恢复：${what}。`, wipeNothing: '内容都已上传，清除后不会丢失。', wipeGo: '清除',
  records: [
    '位置只在三个时候记录：开始检查、拍照、完成检查；新增或修改主体时，点“取当前位置”才记录。“按距离”和“我的位置”只用于当时排序、显示，不记录。没有轨迹，不考勤。',
    '照片带有拍摄时间、位置和来源（拍照或相册）。',
    '每次上传会记下时间、应用版本和手机型号，用来校正手机时间、发现没传完的手机。',
    '内容先存在手机里，服务器确认收到后才会清理。',
  ],
}

export const storage = {
  title: '手机存储', used: (used: string, quota: string) => `已用 ${used}，最多 ${quota}`, unknown: '浏览器没有提供存储用量',
  share: (percent: number) => `${percent}%`,
  warn: '空间快满了，请尽快联网上传照片', full: '空间快满了，已停止添加照片；回答仍会保存。请联网上传，或清理手机空间',
  persisted: '浏览器已承诺保留这些数据', notPersisted: '浏览器没有承诺长期保留这些数据：请把应用添加到桌面，并及时上传',
  size: (bytes: number) => (
    bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} KB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
  ),
}
