"""What a WSGI server imports: `granian --interface wsgi wsgi:app`."""

from inspect_api.app import create_app

app = create_app()
