"""placeholder"""
from flask.cli import AppGroup
group = AppGroup("demo", help="The demo county.")
