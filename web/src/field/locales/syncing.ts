// What the sync itself has to say; all other problems come from the server in its own words.

export const syncing = {
  tooLarge: '这一条内容太大，服务器不接收',
  tooLargeRemedy: '请导出未上传的内容，交给街道/乡镇办公室',
  bytesLost: '照片文件在本机已损坏或丢失',
  bytesLostRemedy: '请重新拍摄',
  stuck: '服务器处理这一条时总是出错',
  stuckRemedy: '数据留在本机，其他内容照常上传；应用会再试，也可以导出后交给街道/乡镇办公室',
  offline: '没有网络',
  full: '手机存储空间已满，服务器的答复存不下',
  fullRemedy: '请清理手机空间；未上传的内容都在，应用会自动再试',
  broken: '读写手机存储时出错',
  brokenRemedy: '未上传的内容都在，应用会自动再试。一直不行时请关闭应用重新打开',
}
