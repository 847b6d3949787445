// Texts of 同步: what waits, what is on its way, what arrived, what was refused, and why.

export const syncpage = {
  title: '同步', me: '我的', now: '立即同步', asked: '正在同步', export: '导出未上传的内容', allDelivered: '全部已送达', allDeliveredText: '手机上没有等待上传的内容。',
  toDo: (count: number) => `${count} 项需要处理`, waitingToGo: (count: number) => `${count} 项待传`, stateOf: '同步状态',
  pushing: (done: number, total: number) => `正在上传 ${done} / ${total} 项`, pulling: '正在接收',
  photos: (done: number, total: number) => `正在传照片 ${done} / ${total} 张`, bytes: (done: string, total: string) => `${done} / ${total}`,
  offline: '没有网络，联网后自动上传', waiting: '等待重试', again: (seconds: number) => `约 ${seconds} 秒后自动重试`, stopped: '上传已停下',
  sending: '上传进度', lastContact: (when: string) => `上次连上服务器：${when}`, neverContact: '还没有连上过服务器',
  clockAhead: (minutes: string) => `手机时间快了 ${minutes}`, clockBehind: (minutes: string) => `手机时间慢了 ${minutes}`,
  clockText: '上传时会按服务器时间校正，最好在手机设置里打开“自动设置时间”。',
  length: (minutes: number) => (
    minutes < 120 ? `${minutes} 分钟` : minutes < 2880 ? `${Math.round(minutes / 60)} 小时` : `${Math.round(minutes / 1440)} 天`
  ),
  refused: '需要处理', elsewhere: '已交办公室处理', returned: '退回的检查', conflicts: '与别人的修改不一致', wait: '等待上传', arrived: '已送达',
  drafts: (count: number) => `${count} 次检查没做完，提交后才上传`,
  more: (count: number) => `还有 ${count} 项`, all: '显示全部',
  kinds: { visit: '检查', visitChange: '检查修改', visitDelete: '删除检查草稿', siteNew: '新增主体', siteChange: '主体修改', task: '任务' },
  unknownSite: '未知主体', unknownOperation: '一项操作', unknownRow: (n: number) => `第 ${n} 号操作`, sent: (times: number) => `已尝试 ${times} 次`,
  photosWaiting: (count: number, size: string) => `${count} 张照片，共 ${size}`, photosPreparing: (count: number) => `${count} 张照片还在处理`,
  photosMissing: (count: number) => `还缺 ${count} 张照片`, receipt: (when: string) => `${when} 送达`, differs: '回执与手机上的内容不一致',
  unfinished: (count: number) => `${count} 次没做完的检查，办公室留有备份`,
  unfinishedText: '导出时还没有提交，不是出错。手机还能用，就接着做、提交；手机不能用了，请办公室放行，再换手机接着做。',
  differsText: '内容保留在手机里。请导出后联系街道/乡镇办公室核对。', photoRefused: '服务器不接受这张照片', photoOf: (name: string) => `照片 · ${name}`,
  lost: '服务器没有收到的编号', lostText: (numbers: string) => `编号 ${numbers} 的内容手机上也没有了，多半是手机或服务器恢复过旧备份。请告诉街道/乡镇办公室。`,
  settle: '知道了', mend: '请按上面的说明修改后重新提交', look: '查看', resubmit: '修改后重新提交', resubmitGone: '没有打开：主体或检查表已不在手机上',
  resubmitForm: '还有一张没保存的主体登记表，请先保存或放弃它', correct: '去修改', officeNote: (note: string) => `办公室：${note}`,
  quarantine: { open: '服务器没有接收，内容已留存，等办公室处理', released: '办公室已放行', dismissed: '办公室已作废' } as Record<string, string>,
  problems: { 'device-revoked': '手机停用时还没有上传的内容', 'op-reused': '编号与别的内容重复' } as Record<string, string>,
  conflict: { open: '等办公室选择；现在以原有的为准', kept: '办公室保留了原有的', theirs: '办公室采用了您的' } as Record<string, string>,
  kept: '现有', mine: '您填的', reason: '退回原因', noReason: '办公室没有写原因', items: (count: number) => `${count} 项有说明`,
  cannotBegin: '没有打开，请联网同步后再试', stuck: '暂时传不上去',
}

export const exporting = {
  title: '导出未上传的内容', working: '正在打包', failed: '没有打包成功，请清理手机空间后重试', nothing: '没有未上传的内容',
  holds: (operations: number, photos: number, drafts: number) => (
    [operations && `${operations} 项内容`, photos && `${photos} 张照片`, drafts && `${drafts} 次没做完的检查`].filter(Boolean).join('、')
  ),
  left: (forms: number) => `另有 ${forms} 家主体的信息改了没有保存，不在文件里：请先打开“主体”里的表单保存，再重新导出`,
  text: '把文件交给街道/乡镇办公室导入。导出不会删除手机里的内容，以后联网照常上传，不会重复。',
  save: '保存到手机', share: '发送给别人', saved: '已交给浏览器下载。请到手机的“下载”或“文件管理”里确认有这个文件；没有就换浏览器打开，或点“发送给别人”',
}

/** When something was, as people say it. */
export const moment = { today: (time: string) => `今天 ${time}`,
  day: (month: number, day: number, time: string) => `${month}月${day}日 ${time}` }

/** Fields of sites, tasks and visits as people call them; members of `attributes` by their own names. */
export const fieldNames: Record<string, string> = {
  name: '名称', type: '类型', grid: '网格', active: '是否在营', address: '地址', contact: '联系人', phone: '电话', uscc: '统一社会信用代码',
  licence_number: '许可证号', licence_until: '许可证有效期', registration_number: '登记证、备案号', risk_grade: '风险等级', place: '位置', photos: '照片',
  state: '任务状态', result: '办理结果', status: '提交状态', note: '备注', operator_word: '经营者意见', signature: '签字', officers: '检查人员',
  end_place: '结束位置', ended_at: '结束时间', attributes: '特征', answers: '回答',
  'attributes.near_school': '校园周边', 'attributes.online': '网上经营', 'attributes.chain': '连锁', 'attributes.rural': '农村',
  'attributes.nutrition_programme': '营养改善计划学校', 'attributes.scale': '规模', 'attributes.place': '所在场所', 'attributes.stage': '学段',
}

/** Values of fields that are words of the system. */
export const valueNames: Record<string, Record<string, string>> = {
  state: { open: '未办', done: '已办', withdrawn: '已撤回' }, status: { draft: '草稿', signed: '已提交' },
  'attributes.scale': { large: '大型', medium: '中型', small: '小型', micro: '微型' },
  'attributes.place': {
    school: '学校', elderly_home: '养老机构', hospital: '医院', construction_site: '建筑工地', scenic_area: '旅游景区', transport_hub: '车站、机场、服务区',
    government: '机关', enterprise: '企业',
  },
  'attributes.stage': { kindergarten: '幼儿园', primary: '小学', junior: '初中', senior: '高中', college: '高校' },
}
export const values = { yes: '是', no: '否', empty: '未填', photo: '1 张照片',
  place: (lon: number, lat: number) => `${lon.toFixed(5)}, ${lat.toFixed(5)}` }
