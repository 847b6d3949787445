// Texts of 检查: the questions, the end of a visit, and its summary.

const fails = (key: number, general: number) => `重点项不合格${key}项，一般项不合格${general}项`

/** Why a verdict is what it is; the words of checklists/verdict.py. */
export const verdictReasons = {
  nothing: '没有已判定的检查项', allRight: '检查的项目都符合', nothingWrong: '未发现问题',
  mend: (key: number, general: number) => `${fails(key, general)}，须整改`,
  salesNot: (key: number, general: number) => `${fails(key, general)}（重点项1项及以上，或一般项超过8项）`,
  salesMostly: (key: number, general: number) => `${fails(key, general)}（一般项不超过8项）`,
  twoKeys: (key: number, general: number) => `${fails(key, general)}（重点项2项及以上）`,
  lowShare: (key: number, general: number) => `${fails(key, general)}（一般项合格率低于70%）`,
  cateringMostly: (key: number, general: number) => `${fails(key, general)}（重点项不超过1项，一般项合格率不低于70%）`,
  cateringGap: (key: number, general: number) => `${fails(key, general)}（原表未规定此情形，从严判为基本符合）`,
}

export const visit = {
  negative: { pass: '没有问题', fail: '有问题' },
  key: '重点', advisory: '鼓励', held: '持有', notHeld: '未持有', until: (day: string) => `有效期至 ${day}`,
  photos: (count: number) => `${count} 张照片`,
  day: (year: number | null, month: number, day: number) => `${year ? `${year}年` : ''}${month}月${day}日`,
  oldAnswer: (question: string, answer: string) => `原检查表：${question} ${answer}`,
  last: (answer: string, day: string) => `上次：${answer} · ${day}`,
  recheck: (nth: string) => `待复查 ${nth}`, recheckNote: (note: string) => `上次备注：${note}`,
  recheckWhat: (action: string, due: string) => `上次不符合，要求：${action}（${due} 前）`,
  returned: (nth: string) => `退回 ${nth}`, returnedAll: '办公室退回了这次检查',
  basis: '依据', hideBasis: '收起依据', guidance: '怎么查', law: '法律依据', plans: '计划条款',
  note: '备注', noteHint: '写清看到了什么', more: '备注、照片',
  remedy: '整改要求', due: '整改期限', dueIn: (days: number) => `（${days} 天内）`,
  unsaved: '未保存', retry: '重试', unsavedWhy: '没有存到手机里，请重试；空间不足时先清理手机',
  clear: '清除', progress: (done: number, all: number) => `已查 ${done} / ${all} 项`,
  missing: (count: number) => `还差 ${count} 项`, complete: '都查完了',
  next: '下一项', finish: '完成', jump: '查看没查的项', missingTitle: '还没查的项', sections: '跳到', discard: '放弃这次检查',
  discardTitle: '放弃这次检查？', discardText: '回答和照片都会从手机里删掉，不能恢复。', discarded: '已放弃', gone: '手机上没有这次检查',
  noContent: '手机上没有这份检查表，请联网同步后再试', placeNote: '位置只在开始、拍照和结束时记录',
  newer: '检查表有新版本', newerText: '同一项的回答会保留，新表没有的项写进备注', keepOld: '继续用原检查表', takeNew: '换成新检查表',
  number: (min: string, max: string, unit: string) => `可填 ${min} 到 ${max} ${unit}`,
  wholeNumber: '整数', numberLabel: (unit: string) => `数值（${unit}）`,
  passRange: (min: string | null, max: string | null, unit: string) =>
    (min !== null && max !== null ? `合格：${min} 到 ${max} ${unit}` : min !== null ? `合格：不低于 ${min} ${unit}` : `合格：不高于 ${max} ${unit}`),
  numberBad: '这里只能填数字，没有存下来', pairHalf: '两个数都填上整数才会存下来',
  pairWrong: (have: string, of: string) => `“${have}”不能多于“${of}”`,
  textLabel: '填写内容', textLeft: (count: number, most: number) => `${count} / ${most}`,
  dayLabel: '日期', pickDay: '选择日期', today: '今天', certificateNumber: '证号', certificateUntil: '有效期至', noUntil: '长期或看不清，不填',
  dayPart: { year: '年', month: '月', day: '日' }, dayAhead: '晚于检查当天，请核对',
  certificateEnded: '已过期，按不符合处理', registered: (number?: string | null) => `登记证号 ${number ?? '无'}`, takeRegistered: '照此填写', ended: '已过期',
  photoItem: (count: number) => `至少拍 ${count} 张`,
}

/** Why an answer cannot be sent as it is. */
export const answerErrors = {
  'unknown-item': '检查表里没有这一项', 'wrong-kind': '填写的内容不对，请重填', 'out-of-range': '超出可填范围，请改正',
  'bad-note': '备注太长（最多 2000 字）', 'bad-photo': '照片有误，请删除重拍',
}

export const finish = {
  title: '完成检查', verdict: '检查结论', findings: '发现的问题', noFindings: '没有发现问题', missing: (count: number) => `还有 ${count} 项没查`,
  mayFinish: '可以先提交；没查的项不计入结论。', wanting: (count: number) => `${count} 项还缺照片`, wantingText: '缺照片也可以提交，审核时会看到。',
  errors: (count: number) => `${count} 项填写有误，改正后才能提交`, document: '文书类型', officers: '检查人员（两名）',
  officer: (number: number) => `第 ${number} 名`, officerName: '姓名', officerCertificate: '执法证号', note: '备注', noteHint: '其他要说明的情况',
  word: '经营者意见', wordHint: '经营者对检查结果怎么说', signature: '经营者签字', optional: '（可不填）', required: '（必填）',
  kinds: { signed: '签字', refused: '拒签', absent: '不在场' },
  name: '签字人姓名', sign: '请经营者在框内签字', signBoard: '签字板', again: '重签', accept: '确认签字', signed: '已签字',
  reason: '原因', reasonHint: '写明拒签或不在场的情况', photos: '其他照片', submit: '提交', submitting: '正在提交', back: '返回检查',
  needOfficers: '监督检查要填两名执法人员的姓名和不同的证号', needSignature: '监督检查要有经营者签字，或写明拒签、不在场的原因', needReason: '请写明拒签或不在场的原因',
  needConfirm: '签名还没有确认：请点“确认签字”，或点“重签”清除',
  photosWorking: '照片还在处理，稍等一下再提交', failedPhotos: '有照片没能处理，请重试或删除', notSaved: '没有存下来，请重试', amends: '这次是对已提交检查的修改',
  server: '整改期限以服务器计算为准', key: '重点',
}

export const summary = {
  title: '检查结果', site: '检查对象', at: '检查时间', inspector: '检查人', verdict: '结论', findings: '需要整改',
  none: '没有需要整改的问题', due: (day: string) => `请在 ${day} 前整改`,
  word: '经营者意见', signature: '经营者签字', waiting: '已保存，待上传', waitingHint: '有网络时自动上传，不用等待', delivered: '已送达', photosLeft: '检查已送达，照片待上传',
  rejected: '服务器没有接收，请到“同步”查看', differs: '回执与本机内容不一致，请到“同步”查看',
  done: '回到今日', answered: (count: number) => `共查 ${count} 项`, draft: '这次检查还没有提交',
  address: '地址', note: '备注', photos: '其他照片', answers: '全部回答', amend: '更正', amendHint: '审核通过前发现填错了，可以更正后重新提交。',
  cannotAmend: '没有打开，请联网同步后再试',
}
