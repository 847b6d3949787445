// What a visit is, says and has become. tests/web/test_words.py holds the codes equal to the server's.

/** The four marks, as buttons of a positive question. */
export const marks = {
  pass: '符合', fail: '不符合', not_applicable: '不适用', not_observed: '未看到',
}

export const verdicts: Record<string, string> = {
  conform: '符合', mostly_conform: '基本符合', not_conform: '不符合', not_judged: '未判定',
}

/** Where a signed visit stands with the office. */
export const reviewStates: Record<string, string> = {
  received: '待审核', returned: '已退回', approved: '已通过', rejected: '未采纳',
}

/** Document types. What is done is 检查 whatever its document is. */
export const documents: Record<string, string> = {
  patrol: '巡查', inspection: '监督检查',
}
