"""How exactly a quoted figure was meant: last digits and tolerances.

Only the reading of a figure's precision belongs here; how figures are written is in ``wording``.
"""

import math
from decimal import Decimal

_EPSILON = 1e-9  # binary fractions: 13.2 - 13.15 is a hair more than 0.05
_MILLION = 1_000_000


def last_digit(value: float) -> float:
    """Return the unit of the last decimal that a figure was quoted with, at most 1; 1 of what is no finite number.

    >>> last_digit(13.2), last_digit(71.0), last_digit(0.7709)
    (0.1, 1.0, 0.0001)
    """
    if not math.isfinite(value):
        return 1.0
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return 10.0 ** min(int(exponent), 0)


def rounded_digit(value: float) -> float:
    """Return the unit of the last digit that is not a rounding zero.

    Only figures of a million and more are taken as rounded: they are quoted as "1,013 million". "60 million" is
    meant to the million, not to ten, as "2 billion" is to the billion.

    >>> rounded_digit(1_013_000_000.0), rounded_digit(60_000_000.0), rounded_digit(2_990.0), rounded_digit(13.2)
    (1000000.0, 1000000.0, 1.0, 0.1)
    """
    if not math.isfinite(value) or abs(value) < _MILLION or value != int(value):
        return last_digit(value)
    exponent = Decimal(int(value)).normalize().as_tuple().exponent
    spoken = 3 * (math.floor(math.log10(abs(value))) // 3)  # a million, a billion
    return 10.0 ** min(max(int(exponent), 0), spoken)


def within(value: float, low: float, high: float) -> bool:
    """Tell whether a value lies between two bounds, forgiving the noise of binary fractions.

    >>> within(13.15, 13.2 - 0.05, 13.2 + 0.05)
    True
    """
    slack = _EPSILON * max(1.0, abs(value))
    return low - slack <= value <= high + slack


def quoted_range(value: float, comparator: str, *, counted: bool = False) -> tuple[float, float]:
    """Return the least and the greatest figure that a fair writer may have meant, in the value's unit.

    An exact figure is meant to half its last digit, an approximate one to a whole; "over" and
    "under" reach one digit further on their side. A whole number of things that were counted is meant exactly.

    >>> quoted_range(71.0, "=")
    (70.5, 71.5)
    >>> quoted_range(2990.0, "=", counted=True), quoted_range(2990.0, ">=")
    ((2990.0, 2990.0), (2990.0, 2991.0))
    """
    digit = rounded_digit(value)
    match comparator:
        case ">=":
            return value, value + digit
        case "<=":
            return value - digit, value
        case "~":
            return value - digit, value + digit
        case _ if counted and digit == 1.0:
            return value, value
        case _:
            return value - digit / 2, value + digit / 2
