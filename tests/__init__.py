"""The tests. A width in the environment is forgotten before anything is imported: readline sets it in the processes of pytest-xdist."""

import os

os.environ.pop("COLUMNS", None)  # a console of ours that is made while it is there keeps it, whatever a test then asks for
