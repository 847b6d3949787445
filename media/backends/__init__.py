"""Where photos can be kept: every kind of storage, by the name that the settings use."""

from media.backend import Backend
from media.backends.folder import FolderBackend
from media.backends.s3 import S3Backend

BACKENDS: dict[str, type[Backend]] = {"folder": FolderBackend, "s3": S3Backend}
