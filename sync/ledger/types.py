"""The names under which counties write a kind of site, and what a name says besides (幼儿园食堂 is a kindergarten's).

The keys are those of the checklists floor; a test holds the two lists equal.
"""

import re
from typing import Any

from sync.ledger.columns import fold

NAMES: dict[str, tuple[str, ...]] = {
    "school_canteen": ("学校食堂", "校园食堂", "学校(含幼儿园)食堂", "学校及幼儿园食堂", "学校幼儿园食堂"),
    "meal_supplier": ("校外供餐单位", "校外供餐单位、集体用餐配送单位", "集体用餐配送单位", "集体用餐配送", "供餐单位", "校外配餐单位", "学生集体用餐配送单位"),
    "central_kitchen": ("中央厨房",),
    "catering": ("餐饮服务单位", "餐饮服务经营者", "餐饮服务", "餐饮", "餐饮店", "餐馆", "饭店", "社会餐饮", "餐饮单位", "餐饮经营者"),
    "institution_canteen": ("单位食堂", "机关食堂", "集体食堂", "职工食堂", "机关企事业单位食堂"),
    "online_platform": ("网络餐饮平台", "网络餐饮服务第三方平台", "食品第三方平台", "第三方平台", "第三方平台分支机构", "自建网站",
                        "网络食品交易第三方平台", "网络餐饮、食品第三方平台分支机构、自建网站"),
    "rural_banquet": ("农村集体聚餐", "自办宴席", "农村自办宴席", "集体聚餐", "农村集体聚餐(自办宴席)", "农村家宴"),
    "small_workshop": ("小作坊", "食品小作坊", "食品生产加工小作坊", "小作坊(食品生产加工)"),
    "small_shop": ("小经营店", "食品小经营店", "小餐饮", "小食品店", "小餐饮店", "小餐饮小食品店", "小餐饮、小食品店", "小经营店(小餐饮小食品店)"),
    "small_stall": ("小摊点", "食品小摊点", "食品摊贩", "小摊贩", "流动摊贩"),
    "food_retail": ("食品销售单位", "食品销售经营者", "食品销售", "商超", "超市", "商场超市", "便利店", "校园周边门店", "食品流通", "食品店"),
    "rural_shop": ("农村食品经营店", "农村食品店", "农村小卖部", "农村超市", "村级食品店"),
    "market": ("食用农产品市场", "农贸市场", "批发市场", "农产品批发市场", "食用农产品批发市场", "集贸市场", "集中交易市场", "菜市场"),
    "cold_store": ("冷库", "冷藏冷冻库"),
    "cold_chain_operator": ("进口冷链食品生产经营单位", "进口冷链食品经营单位", "进口冷链", "冷链食品经营者", "冷链食品生产经营单位"),
    "cold_chain_transport": ("冷链运输", "冷链运输企业", "冷链物流", "冷链物流企业"),
    "maternal_infant_shop": ("母婴店", "母婴店、婴配乳粉经营者", "母婴用品店", "婴配乳粉经营者", "婴幼儿配方乳粉经营者", "婴幼儿配方乳粉销售", "母婴店/婴配乳粉经营者"),
    "health_food_shop": ("保健食品经营者", "保健食品、特殊食品经营者", "特殊食品经营者", "保健食品店", "保健食品销售", "保健食品/特殊食品经营者", "药店(保健食品)"),
    "food_producer": ("食品生产企业", "食品生产者", "食品生产", "食品加工企业", "食品厂"),
    "special_food_producer": ("特殊食品生产企业", "特殊食品生产者"),
    "additive_producer": ("食品添加剂生产者", "食品添加剂生产企业", "食品添加剂"),
    "agri_input_shop": ("农资店", "农资店、农资生产经营", "农资经营店", "农资经营", "农资生产经营", "农资经营门店", "农业投入品经营店"),
    "farm": ("食用农产品生产主体", "种养殖基地", "合作社", "农民专业合作社", "种植基地", "养殖场", "种植户", "养殖户", "农产品生产主体",
             "家庭农场", "养殖基地"),
    "slaughterhouse": ("屠宰场", "生猪定点屠宰场", "屠宰企业", "定点屠宰企业", "畜禽屠宰企业"),
    "milk_station": ("生鲜乳收购站", "奶站", "收奶站", "生鲜乳站"),
    "grain_store": ("粮库", "粮库、粮食收储", "粮食收储", "粮食收储企业", "粮食储备库", "粮食收储单位"),
}

IMPLIED: dict[str, tuple[str, dict[str, Any]]] = {  # a name that says an attribute as well
    "幼儿园食堂": ("school_canteen", {"stage": "kindergarten"}),
    "托幼机构食堂": ("school_canteen", {"stage": "kindergarten"}),
    "小学食堂": ("school_canteen", {"stage": "primary"}),
    "初中食堂": ("school_canteen", {"stage": "junior"}),
    "高中食堂": ("school_canteen", {"stage": "senior"}),
    "大学食堂": ("school_canteen", {"stage": "college"}),
    "高校食堂": ("school_canteen", {"stage": "college"}),
    "养老机构食堂": ("institution_canteen", {"place": "elderly_home"}),
    "养老院食堂": ("institution_canteen", {"place": "elderly_home"}),
    "敬老院食堂": ("institution_canteen", {"place": "elderly_home"}),
    "医院食堂": ("institution_canteen", {"place": "hospital"}),
    "工地食堂": ("institution_canteen", {"place": "construction_site"}),
    "建筑工地食堂": ("institution_canteen", {"place": "construction_site"}),
    "政府机关食堂": ("institution_canteen", {"place": "government"}),
    "企业食堂": ("institution_canteen", {"place": "enterprise"}),
    "特大型餐馆": ("catering", {"scale": "large"}),
    "大型餐馆": ("catering", {"scale": "large"}),
    "中型餐馆": ("catering", {"scale": "medium"}),
    "小型餐馆": ("catering", {"scale": "small"}),
    "大型商超": ("food_retail", {"scale": "large"}),
    "大型超市": ("food_retail", {"scale": "large"}),
    "校园周边食品店": ("food_retail", {"near_school": True}),
    "自建冷库": ("cold_store", {"store_kind": "own"}),
    "第三方冷库": ("cold_store", {"store_kind": "third_party"}),
    "保健食品生产企业": ("special_food_producer", {"products": ["health_food"]}),
    "婴幼儿配方食品生产企业": ("special_food_producer", {"products": ["infant_formula"]}),
    "婴幼儿配方乳粉生产企业": ("special_food_producer", {"products": ["infant_formula"]}),
    "特殊医学用途配方食品生产企业": ("special_food_producer", {"products": ["medical_food"]}),
    "婴幼儿辅助食品生产企业": ("special_food_producer", {"products": ["infant_supplement"]}),
    "复配食品添加剂生产企业": ("additive_producer", {"products": ["compound_additive"]}),
}

_BY_NAME: dict[str, tuple[str, dict[str, Any]]] = {
    **{fold(name): (key, {}) for key, names in NAMES.items() for name in (key, *names)},
    **{fold(name): found for name, found in IMPLIED.items()},
}


def site_type_of(text: Any) -> tuple[str, dict[str, Any]] | None:
    """(site type key, attributes that the name implies), or None. A remark in brackets may be left out."""
    folded = fold(text)
    found = _BY_NAME.get(folded) or _BY_NAME.get(re.sub(r"\(.*?\)", "", folded))
    return (found[0], dict(found[1])) if found else None
