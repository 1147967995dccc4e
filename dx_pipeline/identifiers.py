"""Stable identifiers: the same parts give the same id on every machine and in every run.

Only the naming of things belongs here; what the parts are is decided by the stage that names.
"""

import hashlib

_SEPARATOR = "\x1f"  # ASCII unit separator: no part may forge a neighbour's boundary


def stable_id(prefix: str, *parts: object) -> str:
    """Return ``prefix-`` and sixteen hexadecimal digits that depend on the parts alone.

    A missing part (``None``) differs from an empty one.

    >>> stable_id("art", "file:///a.txt", "0f")
    'art-7dd1db74e0170790'
    >>> stable_id("art", None) == stable_id("art", "")
    False
    """
    joined = _SEPARATOR.join("\x00" if part is None else str(part) for part in parts)
    digest = hashlib.sha256(joined.encode("utf-8")).hexdigest()
    return f"{prefix}-{digest[:16]}"
