"""`python -m bench [NAME ...]`: every measurement, or those named, one table after the other.

Those with a million rows (indicators, pull, office) take minutes each, most of them to fill the databases; a day over a bad line (day) takes ten.
"""

import sys

from bench import day, field, indicators, judging, office, pull, push, uploads, wire

MEASUREMENTS = {module.__name__.partition(".")[2]: module for module in (judging, wire, field, push, uploads, pull, indicators, office, day)}

named = sys.argv[1:] or list(MEASUREMENTS)
if unknown := [name for name in named if name not in MEASUREMENTS]:
    sys.exit(f"{', '.join(unknown)}: there is {', '.join(MEASUREMENTS)}")
for name in named:
    sys.argv = [sys.argv[0]]
    MEASUREMENTS[name].main()
