"""`python -m bench`: every measurement, one table after the other.

Those with a million rows (indicators, pull) take minutes each, most of them to fill the databases.
"""

import sys

from bench import field, indicators, judging, pull, push, uploads, wire

for measurement in (judging, wire, field, push, uploads, pull, indicators):
    sys.argv = [sys.argv[0]]
    measurement.main()
