"""`python -m bench`: every measurement, one table after the other. The indicators with a million visits take minutes."""

import sys

from bench import indicators, push

for measurement in (push, indicators):
    sys.argv = [sys.argv[0]]
    measurement.main()
