// What kinds of sites there are, and how risky one may be.

/** Site types, in the order of checklists/site_types.yaml. tests/web/test_words.py holds both equal. */
export const siteTypes: Record<string, string> = {
  school_canteen: '学校食堂',
  meal_supplier: '校外供餐单位、集体用餐配送单位',
  central_kitchen: '中央厨房',
  catering: '餐饮服务单位',
  institution_canteen: '单位食堂（机关、养老、医院、工地）',
  online_platform: '网络餐饮、食品第三方平台分支机构、自建网站',
  rural_banquet: '农村集体聚餐（自办宴席）',
  small_workshop: '小作坊',
  small_shop: '小经营店（小餐饮、小食品店）',
  small_stall: '小摊点',
  food_retail: '食品销售单位（商超、校园周边门店）',
  rural_shop: '农村食品经营店',
  market: '食用农产品市场（批发、农贸）',
  cold_store: '冷库（自建、第三方）',
  cold_chain_operator: '进口冷链食品生产经营单位',
  cold_chain_transport: '冷链运输',
  maternal_infant_shop: '母婴店、婴配乳粉经营者',
  health_food_shop: '保健食品、特殊食品经营者',
  food_producer: '食品生产企业',
  special_food_producer: '特殊食品生产企业（婴配、特医、保健、婴幼儿辅食）',
  additive_producer: '食品添加剂生产者',
  agri_input_shop: '农资店、农资生产经营',
  farm: '食用农产品生产主体（种养殖基地、合作社）',
  slaughterhouse: '屠宰场',
  milk_station: '生鲜乳收购站',
  grain_store: '粮库、粮食收储',
}

/** Grades of risk; a site without one has not been judged yet. */
export const riskGrades: Record<string, string> = { A: 'A 级', B: 'B 级', C: 'C 级', D: 'D 级', none: '未评定' }
