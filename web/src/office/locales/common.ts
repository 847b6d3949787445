// Words that several pages of the office share.
export const app = { name: '食品安全网格巡查', desk: '办公端', skip: '跳到正文' }

export const nav = {
  review: '审核台', rectifications: '整改', indicators: '指标', tasks: '任务', plans: '计划', ledger: '台账', reports: '报表', entry: '填报', settings: '设置',
}

export const common = {
  save: '保存', cancel: '取消', confirm: '确定', back: '返回', retry: '重试', close: '关闭', edit: '修改', remove: '删除', search: '搜索', export: '导出',
  print: '打印', refresh: '刷新', more: '更多', loadMore: '加载更多', loading: '正在读取……', none: '无', empty: '没有符合条件的记录', all: '全部', reset: '清除条件',
  shown: (many: number, more: boolean) => (more ? `已显示 ${many} 条，还有更多` : `共 ${many} 条`), days: (days: number) => `${days} 天`,
  region: '辖区', keys: '快捷键', unknown: '未填', requestId: (id: string) => `请求编号 ${id}`,
}

export const login = {
  title: '登录办公端', login: '用户名', password: '密码', enter: '登录', ended: '登录已失效，请重新登录。', out: '退出登录', field: '网格员请使用手机端', missing: '请填写用户名和密码',
  supervisor: '这是办公端；网格员请在手机上打开手机端。',
}
