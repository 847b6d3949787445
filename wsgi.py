"""What a WSGI server imports: `granian --interface wsgi wsgi:app`."""

from inspect_api.app import create_app
from inspect_api.config import SettingError

try:
    app = create_app()
except SettingError as error:
    raise SystemExit(f"setting {error}") from None
