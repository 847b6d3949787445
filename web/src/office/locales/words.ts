// Words for what the server tells by codes: those of both apps, and those of indicators, one for all pages that show them.
export { siteAttributes } from '@/shared/words/attributes'
export { roles } from '@/shared/words/people'
export { regionLevels } from '@/shared/words/regions'
export { riskGrades, siteTypes } from '@/shared/words/sites'
export { documents, marks, reviewStates, verdicts } from '@/shared/words/visits'

/** The words of checklists/measures.py and services/pace.py, as the workbook has them. A test holds both equal. */
export const measured: Record<'states' | 'measures' | 'ops' | 'clauses' | 'bases', Record<string, string>> = {
  states: { met: '已达标', on_pace: '进度正常', behind: '进度滞后', missed: '未达标', none: '无对象', unreported: '未填报', not_started: '未开始' },
  measures: {
    inspected: '检查覆盖', marked: '检查合格', holding: '持有证照', closed: '问题整改', summed: '现场数相加', counted: '批次计数', reported: '单位填报',
  },
  ops: { '>=': '不低于', '>': '超过', '<=': '不高于', '<': '低于', '==': '等于' },
  clauses: { field: '现场检查', target: '量化目标', report: '报送', organizational: '组织工作' },
  bases: { received: '已收到', approved: '已审核通过' },
}
