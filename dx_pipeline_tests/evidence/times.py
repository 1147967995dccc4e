"""Times as tests write them."""

from datetime import datetime


def at(written: str) -> datetime:
    """Return a time in UTC without its zone, as evidence keeps them."""
    return datetime.fromisoformat(written)
