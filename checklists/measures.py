"""The words of indicators: how a target may be counted, compared and filtered. Visible lists, read to the end.

How a site's state becomes a numerator and a denominator is folded elsewhere in this package.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One way to count.

    `title` in Chinese; `needs` the keys an indicator must have; `may` those it may have beside the common ones;
    `sites` whether it counts sites and so needs a filter with site types; `counts` what is counted, in Chinese.
    """

    title: str
    needs: tuple[str, ...]
    may: tuple[str, ...]
    sites: bool
    counts: str


MEASURES: dict[str, Measure] = {
    "inspected": Measure("检查覆盖", ("filter",), ("documents",), True, "时段内至少查过一次的户数 / 应查户数"),
    "marked": Measure("检查合格", ("filter", "item"), (), True, "某检查项最近一次结果合格的户数 / 应查户数"),
    "holding": Measure("持有证照", ("filter", "holding"), (), True, "持有有效登记、备案、许可或已评定风险等级的户数 / 总户数"),
    "closed": Measure("问题整改", ("filter",), ("item", "items"), True, "按期整改并经复查证实的问题数 / 发现的问题数"),
    "summed": Measure("现场数相加", ("filter",), ("item", "items"), True, "各户现场填报的分子之和 / 分母之和"),
    "counted": Measure("批次计数", ("records",), ("filter", "per", "numerator_label", "denominator_label"), False,
                       "符合条件的抽检、监测记录数，或每千人批次"),
    "reported": Measure("单位填报", ("numerator_label",), ("filter", "denominator_label"), False, "由办公室凭文件填报的分子 / 分母"),
}

OPS: dict[str, str] = {">=": "不低于", ">": "超过", "<=": "不高于", "<": "低于", "==": "等于"}
COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": lambda value, target: value >= target,
    ">": lambda value, target: value > target,
    "<=": lambda value, target: value <= target,
    "<": lambda value, target: value < target,
    "==": lambda value, target: value == target,
}
LEVELS: dict[str, str] = {"否决项": "一项不达标即否决", "关键项": "重点考核"}
HOLDINGS: dict[str, str] = {"registration": "登记", "filing": "备案", "risk_grade": "风险等级", "licence": "许可证"}
RECORD_KINDS: dict[str, str] = {
    "food_sampling": "食品抽检",
    "agri_monitoring": "农产品监测",
    "risk_monitoring": "风险监测",
    "grain_testing": "粮食质量检验",
    "forest_testing": "林产品监测",
    "water_testing": "水质检测",
}
METHODS: dict[str, str] = {"laboratory": "实验室检验", "rapid": "快检"}
TASK_LEVELS: dict[str, str] = {"national": "国家", "provincial": "省级", "municipal": "市级", "county": "县级", "township": "乡镇"}
DOCUMENTS: dict[str, str] = {"patrol": "巡查", "inspection": "监督检查"}
BASES: dict[str, str] = {"resident": "常住人口", "registered": "户籍人口"}
WINDOW_KINDS: dict[str, str] = {
    "period": "全期", "year": "年度", "half": "半年", "quarter": "季度", "month": "月度", "season": "时段",
}
REPORT_KINDS: dict[str, str] = {"once": "一次", "annual": "每年", "quarterly": "每季度", "monthly": "每月"}
CLAUSE_KINDS: dict[str, str] = {"field": "现场检查", "target": "量化目标", "report": "报送", "organizational": "组织工作"}
