// Words that several pages share; those that the office uses too stand in shared/words.
export { documents, marks, reviewStates, verdicts } from '@/shared/words/visits'
export { siteTypes } from '@/shared/words/sites'

export const tabs = { today: '今日', sites: '主体', map: '地图', sync: '同步' }

export const common = {
  save: '保存', cancel: '取消', delete: '删除', confirm: '确定', back: '返回', retry: '重试', close: '关闭', done: '完成', edit: '修改',
  loading: '正在读取', none: '无', unknown: '未填', days: (days: number) => `${days} 天`,
}
