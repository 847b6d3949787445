"""What can be wrong with a ledger: the file as a whole, or one cell of one row. Every code is listed here."""

from typing import NamedTuple

LEDGER_ERRORS: dict[str, str] = {
    "empty-file": "文件是空的，没有任何内容",
    "old-xls": "这是旧版 .xls 文件，请在 Excel 或 WPS 中另存为 .xlsx 后再导入",
    "password-protected": "文件设有打开密码，请取消密码后再导入",
    "broken-xlsx": "文件已损坏或不是真正的 .xlsx，请重新打开另存后再导入",
    "html-not-excel": "这是网页格式的“假 Excel”，请用 Excel 或 WPS 打开后另存为 .xlsx",
    "unknown-format": "无法识别的文件格式，请使用 .xlsx 或 .csv",
    "unknown-encoding": "无法识别文字编码，请将 CSV 另存为 UTF-8 或 GBK",
    "broken-csv": "CSV 格式有误（多为引号没有成对），请用 Excel 重新另存",
    "no-header": "前 10 行里没有找到表头：表头至少要有“名称”和另一列可识别的列名",
    "double-column": "表头中有两列是同一个意思，请只保留一列",
    "too-large": "文件过大，请按乡镇拆分后导入",
}

ROW_CODES: dict[str, str] = {
    # errors: the row is not imported
    "required": "必填项为空",
    "too-long": "文字过长",
    "formula-error": "单元格是公式错误值",
    "unknown-type": "无法识别的主体类型",
    "bad-uscc": "统一社会信用代码不正确",
    "uscc-as-number": "信用代码被 Excel 变成了数字，末几位已丢失",
    "number-as-float": "编号被 Excel 变成了数字，末几位已丢失",
    "bad-date": "日期无法识别",
    "bad-grade": "风险等级应为 A、B、C、D",
    "bad-value": "取值无法识别",
    "bad-coordinates": "经纬度不是数字",
    "coordinates-incomplete": "经度、纬度只填了一个",
    "coordinates-swapped": "经度与纬度填反了",
    "coordinates-out-of-range": "坐标不在国内",
    "unknown-crs": "无法识别的坐标系",
    "unknown-grid": "没有这个网格或乡镇",
    "duplicate-uscc": "同一信用代码、同一类型的主体重复",
    "duplicate-licence": "许可证编号重复",
    "duplicate-site": "同一主体重复（登记证编号，或名称和所在村、网格相同）",
    "duplicate-name-address": "名称与地址都相同的主体重复",
    # warnings: the row is imported, somebody should look at it
    "licence-form": "许可证编号的写法与国家编码规则不符",
    "licence-check-digit": "许可证编号的校验位不符",
    "licence-no-expiry": "有许可证编号而没有有效期",
    "crs-missing": "未注明坐标系，坐标未导入",
    "coordinates-rough": "坐标小数位太少",
    "region-missing": "没有网格、乡镇，也没有坐标",
}


REMEDIES: dict[str, str] = {  # what the one who keeps the ledger does about it
    "required": "补填这一格",
    "too-long": "缩短文字",
    "formula-error": "改正公式，或粘贴为数值",
    "unknown-type": "按模板“主体类型”一列的写法填写",
    "bad-uscc": "对照营业执照改正；没有代码的留空",
    "uscc-as-number": "把该列设为文本格式，重新填写完整的代码",
    "number-as-float": "把该列设为文本格式，重新填写完整的编号",
    "bad-date": "写成 2027-03-01；长期有效的写“长期”",
    "bad-grade": "填 A、B、C、D 之一，未评级的留空",
    "bad-value": "按模板的写法填写，不清楚的留空",
    "bad-coordinates": "填十进制的度，如 112.899123，或留空",
    "coordinates-incomplete": "补上另一个，或两个都留空",
    "coordinates-swapped": "把经度和纬度对调",
    "coordinates-out-of-range": "核对坐标；不是经纬度的（如平面坐标）留空",
    "unknown-crs": "填 WGS84、GCJ02、BD09 或 CGCS2000",
    "unknown-grid": "核对网格编码或乡镇名称；网格要先建立",
    "duplicate-uscc": "删去重复的一行；确是不同场所时，填“场所序号”加以区分",
    "duplicate-licence": "删去重复的一行，或改正许可证编号",
    "duplicate-site": "删去重复的一行；确是两户的，填上各自的地址",
    "duplicate-name-address": "删去重复的一行；确是不同场所时，填“场所序号”加以区分",
    "licence-form": "对照许可证核对；确与证书一致的可不改",
    "licence-check-digit": "对照许可证核对；确与证书一致的可不改",
    "licence-no-expiry": "补填“有效期至”；长期有效的写“长期”",
    "crs-missing": "填写“坐标系”一列，或导入时指明坐标系",
    "coordinates-rough": "有更准的坐标时换上，至少五位小数",
    "region-missing": "填写网格编码或所属乡镇",
}


class LedgerError(ValueError):
    """The file as a whole cannot be read. `code` is one of LEDGER_ERRORS, `message` says what to do, in Chinese."""

    def __init__(self, code: str, detail: str = ""):
        self.code = code
        self.message = LEDGER_ERRORS[code] + (f"（{detail}）" if detail else "")
        super().__init__(self.message)


class RowError(NamedTuple):
    """One thing wrong with one row. `row` as the spreadsheet shows it, `column` our Chinese title of the column.

    `code` is one of ROW_CODES; `other_row` is the earlier row of a duplicate.
    """

    row: int
    column: str
    code: str
    message: str
    other_row: int | None = None
