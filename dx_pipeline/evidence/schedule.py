"""When a page is asked for again: often while it is young, seldom later, then never.

The policy belongs here, as a pure function; the frontier keeps what comes of it.
"""

from datetime import datetime, timedelta

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# Age of a page up to which, and how long it is left alone then: news pages are corrected in their first days.
# A little less than whole days, so that a pull at the same hour every day finds yesterday's pages due.
_RHYTHM = (
    (2 * _DAY, 6 * _HOUR),
    (7 * _DAY, 20 * _HOUR),
    (30 * _DAY, 6 * _DAY + 20 * _HOUR),
    (timedelta.max, 29 * _DAY + 20 * _HOUR),
)
_MAX_DOUBLINGS = 3
_MISSING = {"not_found": (_DAY, 7 * _DAY, 30 * _DAY), "soft_404": (_DAY, 7 * _DAY, 30 * _DAY), "gone": (7 * _DAY,)}
# Of the network and the site: it may be over in an hour. What else fails lies with the page and lasts.
_PASSING = frozenset(
    {"timeout", "dns_failure", "tls_failure", "unreachable", "server_error", "throttled", "truncated", "redirect_loop"}
)
_LONGEST_BACK_OFF = {True: 2 * _DAY, False: 14 * _DAY}
HELD = frozenset({"ok", "not_modified"})
"""The outcomes after which a page is held."""


def next_due(
    *, outcome: str, now: datetime, born_at: datetime, unchanged: int, failures: int, max_age_days: int
) -> datetime | None:
    """Return when a page is to be asked for again after an attempt, or nothing for never.

    Args:
        outcome: How the attempt ended.
        now: When it was, in UTC.
        born_at: When the page came out, or else when it was seen first.
        unchanged: Attempts in a row, this one included, that found the page as it was.
        failures: Attempts in a row, this one included, that failed.
        max_age_days: Age after which a page is left alone.
    """
    if outcome in HELD:
        rest = next(rest for age, rest in _RHYTHM if now - born_at <= age)
        due = now + rest * 2 ** min(unchanged, _MAX_DOUBLINGS)
    elif outcome in _MISSING:
        rests = _MISSING[outcome]
        if failures > len(rests):
            return None
        due = now + rests[failures - 1]
    else:
        is_passing = outcome in _PASSING
        due = now + min((_HOUR if is_passing else _DAY) * 2 ** min(failures - 1, 10), _LONGEST_BACK_OFF[is_passing])
    return due if due <= born_at + timedelta(days=max_age_days) else None
