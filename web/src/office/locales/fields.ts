// What a clerk calls the fields of requests, for what the server says of one. tests/web/test_field_names.py holds that none is missing.
export const fields: Record<string, string> = {
  A: 'A 级', B: 'B 级', C: 'C 级', D: 'D 级',
  accuracy: '定位精度', active: '状态', address: '地址', all_or_nothing: '全部正确才导入', as_of: '截至日期', at: '时间', attributes: '特征',
  base: '口径', basis: '计算口径', boundary: '边界', choose: '采用哪一边', code: '区划代码', contact: '联系人', count: '批次数', crs: '坐标系',
  decision: '审核结论', denominator: '分母', digest: '校验码', document: '依据文号', documents: '文件', dry_run: '只检查', due_on: '期限',
  file: '文件', findings: '问题', frequencies: '各等级检查频次', from: '开始日期', grid: '网格', id: '编号', indicator: '指标', items: '逐项原因',
  kind: '种类', lat: '纬度', late_days: '送达较晚的天数', licence_number: '许可证号', licence_until: '许可证有效期', limit: '条数', login: '用户名',
  lon: '经度', method: '检验方式', mock: '模拟位置', name: '名称', new: '新密码', note: '说明', numerator: '分子', old: '原密码', on: '日期',
  page: '页面', password: '密码', per: '任务分到', phone: '电话', photo: '照片', photos: '照片', place: '位置', plan: '计划', query: '筛选条件',
  reason: '原因', region: '辖区', regions: '辖区', registration_number: '登记证号', replaces: '原来的填报', report: '报送要求', residents: '常住人口',
  residue: '农兽药残留', rev: '版本', review_days: '审核时限', risk_grade: '风险等级', role: '角色', second_approval: '复审', silent_days: '失联天数',
  site: '主体', site_id: '主体', site_types: '业态', sites: '主体', source: '来源', state: '状态', task_level: '任务级别', text: '文字',
  title: '任务名称', to: '结束日期', type: '业态', uscc: '统一社会信用代码', valid_from: '启用日期', valid_to: '停用日期', visits: '检查',
  window: '时段', without_recheck: '未经复查销号的理由', year: '年份',
}
/** One of many lines, as a clerk counts. */
export const fieldLine = (n: number): string => `第 ${n} 条`
/** A line of a workbook with its column. */
export const fieldCell = (row: number, column: string): string => `第 ${row} 行${column ? `“${column}”` : ''}`
