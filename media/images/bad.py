"""Why a file is not accepted as a photo: one visible list of codes, and the error that carries one."""

BAD = {
    "not-an-image": "这不是图片文件。请直接拍照或从相册选择照片。",
    "unsupported": "不支持这种图片格式。请使用 JPEG、PNG、WebP 或 HEIC 照片。",
    "truncated": "照片不完整或已损坏。请重新拍摄或重新上传。",
    "trailing-data": "照片后面夹带了其他内容，不能接收。请上传相机拍摄的原图。",
    "too-many-pixels": "照片像素过高，无法处理。请在相机设置中降低分辨率后重拍。",
    "absurd-dimensions": "照片的宽高不合理。请重新拍摄。",
    "too-costly": "不接收动图或结构异常复杂的图片。请上传普通照片。",
}


class BadImage(ValueError):
    """A file that is refused. `code` is a key of BAD; `detail` says in English what was seen, for the log, not for the user."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail

    @property
    def text(self) -> str:
        """What the user reads, in Chinese."""
        return BAD[self.code]
