"""Numbers with a check digit: the unified social credit code (GB 32100) and food licences (JY, SC + 14 digits).

A wrong credit code is an error: it is the key by which systems recognise a business. A wrong check digit of a licence
only warns: real licences fail it.
"""

import re
from typing import Any

from stdnum.cn import uscc as stdnum_uscc
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

from sync.ledger.values import CellError, number_text

_LICENCE = re.compile(r"(JY|SC)(\d{14})\Z")
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}\Z")


def credit_code(value: Any) -> str | None:
    """The unified social credit code in 18 capitals, None when there is none. Raises bad-uscc, uscc-as-number."""
    try:
        found = number_text(value)
    except CellError as error:
        if error.code != "number-as-float":
            raise
        raise CellError("uscc-as-number", "信用代码已被 Excel 变成数字，末几位丢失；请将该列设为文本格式后重新填写") from None
    if found is None:
        return None
    code = found.replace("-", "")
    if isinstance(value, int | float) and len(code) == 18 and code.endswith("000"):
        raise CellError("uscc-as-number", "信用代码已被 Excel 变成数字，末几位变成了 0；请将该列设为文本格式后重新填写")
    if re.fullmatch(r"\d{15}", code):
        raise CellError("bad-uscc", f"“{code}”是 15 位旧注册号，请填 18 位统一社会信用代码")
    if len(code) != 18:
        raise CellError("bad-uscc", f"统一社会信用代码“{code}”有 {len(code)} 位，应为 18 位")
    if not _valid(code):
        raise CellError("bad-uscc", f"统一社会信用代码“{code}”校验不通过，请对照营业执照核对")
    return code


def _valid(code: str) -> bool:
    """Whether the check digit fits. Rural collectives begin with N: right by GB 32100, which stdnum takes for a wrong form."""
    if code[0].isdigit():
        try:
            stdnum_uscc.validate(code)
        except ValidationError:
            return False
        return True
    return bool(_USCC.match(code)) and stdnum_uscc.calc_check_digit(code[:-1]) == code[-1]


def licence_warning(number: str) -> tuple[str, str] | None:
    """(code, message) when a food licence number looks wrong, else None. Numbers of other kinds are not judged.

    JY (经营) and SC (生产) are followed by 14 digits, the last by ISO 7064 MOD 11,10 (GB/T 17710).
    """
    if not number.startswith(("JY", "SC")):
        return None
    found = _LICENCE.match(number)
    if not found:
        return "licence-form", f"许可证编号“{number}”应为 {number[:2]} 加 14 位数字，请核对"
    if not mod_11_10.is_valid(found[2]):
        return "licence-check-digit", f"许可证编号“{number}”的校验位不符，请核对；确与证书一致的可不改"
    return None
