"""Where things are and how a run is set: one frozen object that reads the environment once.

No other module reads the environment; stages are handed what they need.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

CATALOGUE = Path(__file__).parent / "catalogue"
_REPOSITORY = Path(__file__).parent.parent
_PROXIES = ("http_proxy", "https_proxy", "no_proxy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a run may be told from outside.

    ``warehouse`` is the directory that holds releases, evidence and run history. ``articles`` is a
    folder of documents, or a WARC file, to read instead of the catalogue's sources; ``None`` means the catalogue.
    ``corrections`` is the file of people's corrections where it is named, ``author`` who writes in it.
    ``as_of`` is the day that statuses are judged on. ``keep_releases`` older releases stay.
    ``live`` asks the catalogue's web sources instead of reading the embedded edition. ``sources`` is a folder of
    the user's own source files (``articles/*.toml``, ``statistics/*.toml``) that stands in for the catalogue's.
    ``contact`` is the address that site operators find in the User-Agent. ``private_hosts`` are host names or
    addresses, with a port where one is meant, that may be asked though they are private: for tests, and for
    mirrors in one's own network. ``http_proxy``, ``https_proxy`` and ``no_proxy`` are what programs agree on.
    """

    warehouse: Path
    articles: Path | None = None
    as_of: date
    keep_releases: int = 5
    schedule_running: bool = False
    corrections: Path | None = None
    author: str | None = None
    live: bool = False
    sources: Path | None = None
    contact: str | None = None
    private_hosts: frozenset[str] = frozenset()
    http_proxy: str | None = None
    https_proxy: str | None = None
    no_proxy: str | None = None

    @property
    def stage(self) -> Path:
        """Directory of the tables that pass between assets, as Parquet."""
        return self.warehouse / "stage"

    @property
    def evidence(self) -> Path:
        """Directory of the captured bytes, by content."""
        return self.warehouse / "evidence"

    @property
    def inbox(self) -> Path:
        """Directory into which people put documents to be read with the sources; it need not be there."""
        return self.warehouse / "inbox"

    @property
    def releases(self) -> Path:
        """Directory of the numbered releases."""
        return self.warehouse / "releases"

    @property
    def database(self) -> Path:
        """The link to the newest release's database."""
        return self.warehouse / "dx.duckdb"

    @property
    def dagster_home(self) -> Path:
        """Directory of the run history."""
        return self.warehouse / "dagster_home"

    @property
    def report(self) -> Path:
        """The page that people read."""
        return self.warehouse / "report" / "index.html"

    @property
    def corrections_file(self) -> Path:
        """The file of people's corrections: the one named, else that of the warehouse, which may not be there."""
        return self.corrections or self.warehouse / "corrections.toml"

    @property
    def proxies(self) -> dict[str, str]:
        """The proxies to go through, by ``http``, ``https`` and, for hosts to be asked without one, ``no``."""
        named = {"http": self.http_proxy, "https": self.https_proxy, "no": self.no_proxy}
        return {key: value for key, value in named.items() if value}

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings from the environment.

        ``DX_WAREHOUSE`` (a directory), ``DX_ARTICLES`` (a folder of documents or a WARC file), ``DX_AS_OF`` (a day,
        YYYY-MM-DD; today in UTC without it), ``DX_KEEP_RELEASES`` (a number of at least 1),
        ``DX_SCHEDULE`` (``running`` starts the daily schedule), ``DX_CORRECTIONS`` (the file of
        corrections), ``DX_AUTHOR`` (who writes in it), ``DX_LIVE`` (``1`` asks the web), ``DX_SOURCES`` (a
        folder of source files), ``DX_CONTACT`` (a mail or web address) and ``DX_PRIVATE_HOSTS`` (hosts,
        parted by commas) are heeded, and ``HTTP_PROXY``, ``HTTPS_PROXY`` and ``NO_PROXY`` in either case, the lower
        one first.

        Raises:
            ValueError: where a variable does not hold what it should; the message names it.

        >>> Settings.read({"DX_WAREHOUSE": "/tmp/w", "DX_AS_OF": "2025-03-01"}).as_of
        datetime.date(2025, 3, 1)
        """
        values = os.environ if environment is None else environment
        articles, corrections = values.get("DX_ARTICLES"), values.get("DX_CORRECTIONS")
        return cls(
            warehouse=Path(values.get("DX_WAREHOUSE") or _REPOSITORY / "warehouse").absolute(),
            articles=Path(articles).absolute() if articles else None,
            as_of=_day(values.get("DX_AS_OF")),
            keep_releases=_count("DX_KEEP_RELEASES", values.get("DX_KEEP_RELEASES") or "5"),
            schedule_running=values.get("DX_SCHEDULE", "") == "running",
            corrections=Path(corrections).absolute() if corrections else None,
            author=values.get("DX_AUTHOR") or None,
            live=_switch("DX_LIVE", values.get("DX_LIVE") or "0"),
            sources=Path(sources).absolute() if (sources := values.get("DX_SOURCES")) else None,
            contact=values.get("DX_CONTACT") or None,
            private_hosts=frozenset(filter(None, map(str.strip, values.get("DX_PRIVATE_HOSTS", "").split(",")))),
            **{key: values.get(key) or values.get(key.upper()) or None for key in _PROXIES},
        )


def _day(value: str | None) -> date:
    if not value:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"DX_AS_OF is {value!r}: give a day as YYYY-MM-DD") from error


def _switch(name: str, value: str) -> bool:
    if value not in {"0", "1"}:
        raise ValueError(f"{name} is {value!r}: give 1 or 0")
    return value == "1"


def _count(name: str, value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise ValueError(f"{name} is {value!r}: give a whole number of at least 1")
    return int(value)
