"""The ledger as we would like it: a header and two example rows, for the documentation and for download.

The businesses are invented; the credit codes and the licence number have right check digits and belong to nobody known.
"""

from sync.ledger.columns import COLUMNS

_EXAMPLES: tuple[dict[str, str], ...] = (
    {"name": "示例县云帆小学食堂", "type": "学校食堂", "uscc": "12140525DEMT000157", "licence_number": "JY31405259900017",
     "licence_until": "2027-03-01", "address": "示例镇示例路1号", "lon": "112.899123", "lat": "35.617456", "crs": "WGS84",
     "grid": "14052510000101", "town": "示例镇", "contact": "张示例", "phone": "", "risk_grade": "B", "stage": "小学",
     "nutrition_programme": "是", "rural": "是"},
    {"name": "示例县禾小满便利店", "type": "食品销售单位", "uscc": "92140525DEMT000250", "registration_number": "",
     "licence_number": "JY11405259900024", "licence_until": "长期", "address": "示例镇示例路2号", "lon": "112.905678",
     "lat": "35.622345", "crs": "GCJ02", "town": "示例镇", "contact": "李示例", "near_school": "是", "online": "否",
     "note": "学校门口"},
)


def template_rows() -> list[list[str]]:
    """The header (our Chinese titles, every column but 经纬度, which 经度 and 纬度 replace) and two example rows."""
    columns = [column for column in COLUMNS if column.key != "lonlat"]
    return [[column.title for column in columns],
            *([example.get(column.key, "") for column in columns] for example in _EXAMPLES)]
