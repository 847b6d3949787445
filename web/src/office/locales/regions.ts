// Texts of 区划与网格.
import type { Base } from '../api/people'

export const residentBases: Record<Base, string> = { resident: '常住', registered: '户籍' }

export const regions = {
  title: '区划与网格', tree: '区划', name: '名称', code: '代码', sites: '主体', supervisor: '网格员', residents: '人口', boundary: '边界',
  open: (name: string) => `展开 ${name}`, shut: (name: string) => `收起 ${name}`, none: '下级没有区划',
  bare: (n: number) => `还有 ${n} 个村（社区）没有网格`, bareShown: (n: number) => `收起 ${n} 个没有网格的村（社区）`,
  nobody: '没有网格员', bounded: '有', unbounded: '没有', number: (n: number) => n.toLocaleString('zh-CN'),
  people: (n: number, year: number, base: Base) => `${n.toLocaleString('zh-CN')}（${year} 年${base === 'registered' ? '户籍' : ''}）`,
  pick: '在左边选择一个区划或网格，在这里查看和修改。', readOnly: '区划与网格由县级修改，您可以查看。',
  toSites: '查看主体', toUsers: '查看人员',
}

export const regionForm = {
  name: '名称', residents: '人口', year: '年份', base: '口径', count: '人数', source: '来源', addResidents: '再填一年', noResidents: '还没有填写人口',
  residentsHint: '按年份和口径填写，用于“每千人”一类的指标。已填的年份可以改数字，不能删除。',
  drop: '不填这一行', saved: '已保存', undo: '放弃修改', goOn: '继续修改', leave: (name: string) => `${name}的修改还没有保存。`,
  wholeRow: '年份、人数、来源都要填写。', nameMissing: '请填写名称。',
}

export const boundaries = {
  title: '边界', none: '还没有边界。', noneOfGrid: '还没有边界。没有边界时，系统不能由位置判断主体属于这个网格。', given: '已有边界', changed: '新边界（尚未保存）', removed: '保存后将删除边界',
  file: '选择 GeoJSON 文件', paste: '粘贴 GeoJSON', pasted: 'GeoJSON 文本', use: '使用这段文本', remove: '删除边界', undo: '恢复原来的边界',
  crs: '坐标系', crsHint: '从高德、腾讯地图取得的选“高德”；测绘成果一般选第一项。选错会偏移几百米。',
  crsNames: { WGS84: 'WGS-84、CGCS2000（测绘、卫星定位）', GCJ02: 'GCJ-02（高德、腾讯）', BD09: 'BD-09（百度）' } as Record<string, string>,
  several: (n: number) => `文件里有 ${n} 个图形，请选出这个区划的一个：`, nth: (n: number) => `第 ${n} 个`, choose: '选择图形',
  notJson: '不是 JSON 文本，请确认选的是 GeoJSON 文件（.geojson 或 .json）。', noShape: '里面没有面（Polygon 或 MultiPolygon），网格的边界必须是面。',
  tooBig: '文件超过 5 MB，请先简化边界。',
  map: '边界预览', legend: { now: '实线：现在的边界', fresh: '粗线：新边界', old: '虚线：原来的边界', near: '细线：相邻网格' },
  area: (text: string) => `约 ${text}`, square: (km: number) => (km < 1 ? `${Math.round(km * 100)} 公顷`
  : `${km.toFixed(km < 10 ? 2 : 0)} 平方公里`),
  points: (n: number) => `${n} 个点`,
}

export const gridNew = {
  open: '新增网格', title: '新增网格', village: '所在村（社区）', villagePick: '请选择村（社区）', code: '网格代码', codeHint: '由系统按顺序给出，保存后不能修改。',
  name: '网格名称', full: '这个村（社区）的 99 个网格代码都已用完。', save: '建立网格', made: '网格已建立',
  suggested: (village: string, n: number) => `${village.replace(/(村民委员会|村委会|社区居民委员会|居民委员会|居委会|村|社区)$/, '')}第${'一二三四五六七八九十'[n - 1] ?? n}网格`,
  taken: '这个代码刚被别人用掉，已换成下一个，请再保存一次。', nameMissing: '请填写网格名称。', villageMissing: '请先选择村（社区）。',
}
