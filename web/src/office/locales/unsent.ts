// Words for what was typed and is not sent yet, and for days that cannot be.
export const unsent = {
  words: { title: '还没有提交', text: '填写的内容还没有提交，离开后不会保留。', go: '放弃填写', stay: '继续填写' },
}

export const dayField = {
  partial: '日期没有填完整，或没有这一天', early: (day: string) => `不能早于 ${day}`, late: (day: string) => `不能晚于 ${day}`,
}

export const loginAgain = {
  title: '登录已失效', kept: '刚才没有提交成功。请重新登录，填写的内容还在，登录后再提交一次。', missing: '请填写密码', other: '不要了，换人登录',
}
