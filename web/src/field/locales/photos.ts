// Texts of photos.
import type { Failure } from '../photos/failure'

export const photos = {
  camera: '拍照', gallery: '相册', title: '照片', wanting: (count: number) => `还缺 ${count} 张`,
  working: (count: number) => `正在处理 ${count} 张照片，可以继续填写`, waits: '处理中',
  thumb: (number: number, of: number) => `第 ${number} 张照片，共 ${of} 张`, open: (number: number) => `查看第 ${number} 张照片`,
  left: '前移', right: '后移', remove: '删除', removeTitle: '删除这张照片？', retry: '重试', drop: '删除',
  dropTitle: '删除这张没能处理的照片？', missing: '照片暂时无法显示', undrawn: '已存下，本机无法预览', refused: '服务器不接受这张照片，请重新拍一张',
  of: (number: number, count: number) => `${number} / ${count}`, close: '关闭', previous: '上一张', next: '下一张',
  warn: (share: number) => `手机空间已用 ${share}%，请尽快联网上传照片`,
  full: '手机空间快满了，暂时不能再加照片；回答仍会保存。请联网上传，或清理手机空间',
  before: '上次', after: '这次', notSaved: '照片没有存下来，请重新选择或拍摄',
  compare: '整改前后对比',
}

/** Why a picture could not be taken in. */
export const photoFailures: Record<Failure, string> = {
  'unreadable': '这个文件打不开，可能不是照片或已损坏', 'too-large': '照片太大（超过 32 MB）',
  'full': '手机空间不足，照片还没有处理；清理空间后请重试', 'signed': '检查已提交，这张照片没有加进去',
  'gone': '这次检查已不在手机上，照片没有加进去', 'too-many': '照片太多：每项最多 50 张，每次检查最多 200 张，每个主体最多 20 张', 'broken': '处理照片时出错，请重试',
}
