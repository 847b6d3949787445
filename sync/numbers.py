"""Which numbers of a device never arrived: phones count their operations, so that a hole tells of something lost."""

from collections.abc import Iterable

Gaps = list[list[int]]  # [[first, last], …], inclusive, in order
MOST_GAPS = 100  # beyond that the earliest are forgotten: somebody has looked at the device long before


def arrived(last: int, gaps: Gaps, numbers: Iterable[int]) -> tuple[int, Gaps]:
    """(highest number, gaps) after `numbers` have arrived, given the highest and the gaps before.

    The first number that is ever seen of a device is where it begins: a restored phone counts on under a new id.
    """
    found = {n for n in numbers if n > 0}
    if last == 0 and found:
        last = min(found) - 1
    still: Gaps = []
    for first, end in gaps:
        for n in sorted(n for n in found if first <= n <= end):
            if first < n:
                still.append([first, n - 1])
            first = n + 1
        if first <= end:
            still.append([first, end])
    for n in sorted(n for n in found if n > last):
        if n > last + 1:
            still.append([last + 1, n - 1])
        last = n
    return last, still[-MOST_GAPS:]
