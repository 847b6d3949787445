"""Documents that offices attach: what a file really is, told by its content. Its name is not asked.

Accepted are PDF, JPEG, PNG, XLSX and DOCX, each in a form that a reader opens; what can run something is not.
"""

import zipfile
from pathlib import Path

from media.images import BadImage, check

MOST_BYTES = 20 * 1024 * 1024
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SUFFIXES = {PDF: ".pdf", "image/jpeg": ".jpg", "image/png": ".png", XLSX: ".xlsx", DOCX: ".docx"}
_PARTS = {"xl/workbook.xml": XLSX, "word/document.xml": DOCX}  # what an Office file of each kind must hold
_MOST_PARTS = 20_000
_TAIL = 2048  # bytes from the end in which a whole PDF says that it ends


class BadPaper(ValueError):
    """Not a document that can be kept. The message is Chinese, and says what to do."""


def kind_of(path: Path) -> str:
    """The media type of a file, one of SUFFIXES. Raises BadPaper."""
    size = path.stat().st_size
    if not size:
        raise BadPaper("文件是空的")
    if size > MOST_BYTES:
        raise BadPaper("文件超过 20 MB，请压缩或拆分")
    with path.open("rb") as file:
        head = file.read(1024)
        file.seek(max(size - _TAIL, 0))
        tail = file.read()
    if head.startswith(b"%PDF-"):
        if b"%%EOF" not in tail:
            raise BadPaper("PDF 不完整，可能没有复制完，请重新选择文件")
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return _office(path)
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _picture(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadPaper("这是旧版 Office 文件或加密文件，请另存为 .xlsx 或 .docx，不设打开密码")
    raise BadPaper("只接受 PDF、JPEG、PNG、XLSX、DOCX 文件")


def _picture(path: Path) -> str:
    try:
        return check(path).mime
    except BadImage as error:
        raise BadPaper(error.text) from None


def _office(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:  # the directory only: nothing is unpacked
            names = {name.lower() for name in archive.namelist()[:_MOST_PARTS + 1]}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise BadPaper("文件已损坏，请重新打开另存后再选择") from None
    kinds = [mime for part, mime in _PARTS.items() if part in names]
    if len(names) > _MOST_PARTS or "[content_types].xml" not in names or len(kinds) != 1:
        raise BadPaper("压缩包不能作为文件，请解压后选择其中的 PDF、图片、XLSX 或 DOCX")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise BadPaper("文件里有宏，请另存为不含宏的 .xlsx 或 .docx")
    return kinds[0]
