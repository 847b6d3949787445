// Words for an address that leads nowhere.
export const lost = {
  none: { title: '没有这个页面', text: '网址可能输错了，或这个页面已经不用了。' },
  denied: { title: '没有权限', text: '这个页面由县级和管理员使用。需要时请联系县级管理人员。' },
  home: '回到审核台', unread: '这个页面没有读到：请检查网络后再点；还打不开时刷新网页。',
}
