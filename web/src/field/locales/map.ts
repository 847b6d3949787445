// Texts of 地图.

export const map = {
  title: '地图', mine: '我的位置', here: '我在这里', list: '按距离看列表',
  legend: '图例', overdue: '已逾期', due: '有待办', fine: '无待办', open: '查看', none: '手机上还没有网格边界和主体位置，联网同步后会出现',
}
