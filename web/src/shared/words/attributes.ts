// What may be known of a site beyond its type.

/** Attributes of a site and their values, as in checklists/site_types.yaml. tests/web/test_attributes.py holds both equal. */
export const siteAttributes: Record<string, { title: string; values: Record<string, string> }> = {
  near_school: { title: '校园周边', values: {} },
  online: { title: '网上经营', values: {} },
  chain: { title: '连锁', values: {} },
  rural: { title: '农村', values: {} },
  nutrition_programme: { title: '营养改善计划学校', values: {} },
  scale: { title: '规模', values: { large: '大型', medium: '中型', small: '小型', micro: '微型' } },
  place: {
    title: '所在场所',
    values: {
      school: '学校', elderly_home: '养老机构', hospital: '医院', construction_site: '建筑工地', scenic_area: '旅游景区',
      transport_hub: '车站、机场、服务区', government: '机关', enterprise: '企业',
    },
  },
  stage: { title: '学段', values: { kindergarten: '幼儿园', primary: '小学', junior: '初中', senior: '高中', college: '高校' } },
  store_kind: { title: '冷库种类', values: { own: '自建', third_party: '第三方' } },
  products: {
    title: '经营品种',
    values: {
      infant_formula: '婴幼儿配方食品', medical_food: '特殊医学用途配方食品', health_food: '保健食品', infant_supplement: '婴幼儿辅助食品',
      compound_additive: '复配食品添加剂', dairy: '乳制品', meat: '肉及肉制品', edible_oil: '食用油', liquor: '白酒', grain: '粮食', vegetables: '蔬菜',
      fruit: '水果', aquatic: '水产品', eggs: '禽蛋', tea: '茶叶', pesticide: '农药', veterinary_drug: '兽药', feed: '饲料', seed: '种子', fertilizer: '肥料',
    },
  },
  filing_number: { title: '备案号', values: {} },
}
