// Who works with the system.

export const roles: Record<string, string> = {
  supervisor: '网格员', reviewer: '乡镇审核', county: '县级', admin: '管理员',
}
