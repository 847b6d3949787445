"""Numbers of invented businesses that pass every check and cannot be a real one's: organisation codes begin with DEM.

DEM is no series known to be issued; the check digits are right, so that the demo goes through the same door as real data.
"""

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

_BODIES = {"school_canteen": "12", "farm": "93"}  # 事业单位, 农民专业合作社; all others 92 个体工商户 or 91 企业


def credit_code(site_type: str, county: str, serial: int, company: bool) -> str:
    """A valid unified social credit code (18 characters) for the `serial`-th business of a county."""
    body = _BODIES.get(site_type, "91" if company else "92")
    stem = f"{body}{county}DEM{serial:06d}"
    return stem + uscc.calc_check_digit(stem)


def licence(start: str, county: str, serial: int) -> str:
    """A licence number: `start` (JY2, SC101 …), county, serial, check digit by MOD 11,10: 2 letters and 14 digits.

    Serials are filled up with nines, where no county's own count has come to.
    """
    digits = start[2:] + county
    stem = digits + str(serial).rjust(13 - len(digits), "9")
    return start[:2] + stem + mod_11_10.calc_check_digit(stem)


def registration(words: str, county: str, serial: int) -> str:
    """A registration number as a county writes one, said to be an example."""
    return f"{words}{county}-{serial:04d}（示例）"
