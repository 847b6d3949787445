"""`python -m bench`: every measurement, one table after the other. The indicators with a million visits take minutes."""

import sys

from bench import indicators, judging, push

for measurement in (judging, push, indicators):
    sys.argv = [sys.argv[0]]
    measurement.main()
