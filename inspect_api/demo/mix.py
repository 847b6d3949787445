"""What a demo county consists of: kinds of sites, how many, how they are named, what they are said to be.

Invented. Chosen so that every filter of the five plans' indicators meets some sites, and the usual ones meet enough
for a percentage to move: canteens of every stage, shops near schools, every product of special food, both kinds of cold
stores, markets with and without a risk grade.
"""

from typing import Any, NamedTuple


class Lot(NamedTuple):
    """`count` sites of one type, named fancy word + `suffix`, with these attributes."""

    type: str
    count: int
    suffix: str
    attributes: dict[str, Any] = {}  # shared, never changed


MIX: tuple[Lot, ...] = (
    Lot("school_canteen", 5, "幼儿园食堂", {"stage": "kindergarten", "place": "school"}),
    Lot("school_canteen", 3, "小学食堂", {"stage": "primary", "place": "school", "nutrition_programme": True}),
    Lot("school_canteen", 2, "中心小学食堂", {"stage": "primary", "place": "school"}),
    Lot("school_canteen", 2, "初级中学食堂", {"stage": "junior", "place": "school", "nutrition_programme": True}),
    Lot("school_canteen", 2, "中学食堂", {"stage": "senior", "place": "school"}),
    Lot("school_canteen", 1, "职业技术学院食堂", {"stage": "college", "place": "school"}),
    Lot("meal_supplier", 3, "学生配餐有限公司"),
    Lot("central_kitchen", 2, "中央厨房"),
    Lot("catering", 5, "小饭桌餐馆", {"near_school": True, "scale": "small"}),
    Lot("catering", 4, "外卖厨房", {"online": True, "scale": "small"}),
    Lot("catering", 3, "大酒楼", {"scale": "large", "online": True}),
    Lot("catering", 2, "连锁快餐店", {"scale": "medium", "chain": True, "online": True}),
    Lot("catering", 2, "景区农家菜馆", {"scale": "medium", "place": "scenic_area"}),
    Lot("catering", 2, "车站面馆", {"scale": "small", "place": "transport_hub"}),
    Lot("catering", 3, "面馆", {"scale": "micro"}),
    Lot("institution_canteen", 3, "敬老院食堂", {"place": "elderly_home"}),
    Lot("institution_canteen", 2, "医院食堂", {"place": "hospital"}),
    Lot("institution_canteen", 2, "项目部工地食堂", {"place": "construction_site"}),
    Lot("institution_canteen", 2, "服务中心机关食堂", {"place": "government"}),
    Lot("institution_canteen", 1, "机械厂职工食堂", {"place": "enterprise"}),
    Lot("online_platform", 2, "外卖平台服务站", {"online": True}),
    Lot("online_platform", 1, "食品商城自建网站", {"online": True}),
    Lot("rural_banquet", 5, "宴席服务队", {"rural": True}),
    Lot("small_workshop", 4, "豆腐坊", {"products": ["grain"]}),
    Lot("small_workshop", 3, "榨油坊", {"products": ["edible_oil"]}),
    Lot("small_workshop", 1, "酿酒坊", {"products": ["liquor"]}),
    Lot("small_shop", 8, "小吃店", {"scale": "micro"}),
    Lot("small_stall", 6, "早点摊"),
    Lot("food_retail", 6, "文具副食店", {"near_school": True, "scale": "micro"}),
    Lot("food_retail", 3, "生活超市", {"scale": "large", "chain": True, "products": ["infant_formula", "dairy", "meat"]}),
    Lot("food_retail", 3, "线上鲜食店", {"scale": "medium", "online": True}),
    Lot("food_retail", 3, "便利店", {"scale": "small"}),
    Lot("rural_shop", 8, "小卖部", {"rural": True, "scale": "micro"}),
    Lot("market", 4, "农贸市场", {"scale": "medium"}),
    Lot("market", 1, "农产品批发市场", {"scale": "large"}),
    Lot("cold_store", 3, "食品公司自建冷库", {"store_kind": "own"}),
    Lot("cold_store", 3, "冷储服务公司冷库", {"store_kind": "third_party"}),
    Lot("cold_chain_operator", 3, "冻品商行", {"products": ["meat", "aquatic"]}),
    Lot("cold_chain_transport", 2, "冷链物流公司"),
    Lot("maternal_infant_shop", 4, "母婴生活馆", {"products": ["infant_formula", "infant_supplement"]}),
    Lot("health_food_shop", 3, "健康食品店", {"products": ["health_food"]}),
    Lot("food_producer", 2, "面粉厂", {"products": ["grain"], "scale": "medium"}),
    Lot("food_producer", 1, "肉制品有限公司", {"products": ["meat"], "scale": "large"}),
    Lot("food_producer", 1, "乳业有限公司", {"products": ["dairy"], "scale": "large"}),
    Lot("food_producer", 1, "粮油有限公司", {"products": ["edible_oil"], "scale": "medium"}),
    Lot("food_producer", 1, "酒业有限公司", {"products": ["liquor"], "scale": "medium"}),
    Lot("food_producer", 1, "茶叶加工厂", {"products": ["tea"], "scale": "small"}),
    Lot("special_food_producer", 1, "婴幼儿乳品有限公司", {"products": ["infant_formula"], "scale": "large"}),
    Lot("special_food_producer", 1, "特医食品有限公司", {"products": ["medical_food"], "scale": "medium"}),
    Lot("special_food_producer", 1, "保健食品有限公司", {"products": ["health_food"], "scale": "medium"}),
    Lot("special_food_producer", 1, "婴幼儿辅食有限公司", {"products": ["infant_supplement"], "scale": "small"}),
    Lot("additive_producer", 2, "食品配料有限公司", {"products": ["compound_additive"]}),
    Lot("agri_input_shop", 2, "农资门市部", {"products": ["pesticide", "fertilizer", "seed"]}),
    Lot("agri_input_shop", 2, "兽药饲料店", {"products": ["veterinary_drug", "feed"]}),
    Lot("farm", 3, "蔬菜种植合作社", {"products": ["vegetables"]}),
    Lot("farm", 2, "果园", {"products": ["fruit"]}),
    Lot("farm", 1, "水产养殖场", {"products": ["aquatic"]}),
    Lot("farm", 2, "蛋鸡养殖场", {"products": ["eggs", "meat"]}),
    Lot("slaughterhouse", 2, "定点屠宰场", {"products": ["meat"]}),
    Lot("milk_station", 2, "生鲜乳收购站", {"products": ["dairy"]}),
    Lot("grain_store", 2, "粮食储备库", {"products": ["grain"]}),
)

# What a type needs, and the share of sites that have it when the demo begins: below every target, so that work is left.
LICENCES: dict[str, str] = {  # site type -> the letters and first digits of its licence number
    "school_canteen": "JY3", "institution_canteen": "JY3", "meal_supplier": "JY2", "central_kitchen": "JY2",
    "catering": "JY2", "food_retail": "JY1", "rural_shop": "JY1", "maternal_infant_shop": "JY1", "health_food_shop": "JY1",
    "cold_chain_operator": "JY1", "food_producer": "SC101", "special_food_producer": "SC127", "additive_producer": "SC203",
}
REGISTRATIONS: dict[str, str] = {  # site type -> the words of its registration number
    "small_workshop": "小作坊登", "small_shop": "小经营店登", "small_stall": "小摊点备", "milk_station": "生鲜乳准", "cold_store": "冷库备",
    "market": "市场备", "slaughterhouse": "定点屠宰", "agri_input_shop": "农资备",
}
FILINGS: frozenset[str] = frozenset({"online_platform", "cold_chain_transport", "rural_banquet"})
GRADED: frozenset[str] = frozenset({*LICENCES, "small_workshop", "small_shop"})
SHARES = {"licence": 0.92, "registration": 0.7, "filing": 0.6, "grade": 0.8}
RURAL_TYPES: frozenset[str] = frozenset({"rural_shop", "rural_banquet", "farm", "milk_station"})
