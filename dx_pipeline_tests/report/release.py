"""A small release with something in every part of the page, judged by the real findings."""

from datetime import date
from hashlib import sha256

import polars as pl

from dx_pipeline.findings.boards import count_by_addressee
from dx_pipeline.findings.claims import check_claims
from dx_pipeline.findings.progress import measure_progress
from dx_pipeline.findings.status import judge_directives
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.documents import Articles, Stories
from dx_pipeline.schemas.evidence import Sources
from dx_pipeline.schemas.facts import Instruments, Organisations
from dx_pipeline.schemas.findings import Changes
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.mentions import DirectiveMentions, IndicatorMentions
from dx_pipeline.schemas.operations import Quarantine
from dx_pipeline.schemas.quality import ExtractionQuality
from dx_pipeline_tests.findings.builders import (
    GCI_BREAKS,
    METRICS,
    Row,
    directive,
    directives,
    egdi,
    figure,
    gci,
    indicator,
    indicators,
    statistics,
)

AS_OF = date(2025, 6, 10)
_TITLES = {
    "en": "Committee reviews the year’s digital programme",
    "vi": "Ủy ban đánh giá chương trình chuyển đổi số trong năm",
    "fr": "Le comité passe en revue le programme numérique de l’année",
    "pl": "Komitet podsumował program cyfryzacji",
    "nb": "Komiteen gikk gjennom årets digitaliseringsprogram",
}


def articles() -> list[Row]:
    """Return one article per language; the last one is undated."""
    return [
        {
            "article_id": stable_id("art", language),
            "source_id": "press",
            "capture_id": stable_id("cap", language),
            "url": f"https://news.example.org/{language}/7",
            "publisher": "Example News",
            "language": language,
            "title": title,
            "published_on": None if language == "nb" else date(2025, 2, 7),
            "text": title,
            "text_sha256": sha256(title.encode()).hexdigest(),
            "story_id": stable_id("sty", "story"),
            "relevance": 1.0,
            "relevant": True,
            "relevance_reason": "names the programme",
        }
        for language, title in _TITLES.items()
    ]


def mention(fact: str, fact_id: str, language: str, quote: str) -> Row:
    """Return a mention of a directive or an indicator."""
    return {
        fact: fact_id,
        "mention_id": stable_id("men", fact_id, language),
        "article_id": stable_id("art", language),
        "story_id": stable_id("sty", "story"),
        "quote": quote,
        "start_char": 0,
        "end_char": len(quote),
        "language": language,
        "confidence": 0.5 if language == "en" else 0.9,
        "rule_id": "order",
        "extractor_version": "1",
    }


def orders() -> list[Row]:
    """Return directives of every status."""
    mic = {"issuer_id": "vnm-prime-minister", "addressee_ids": ["vnm-mic"]}
    late = {
        "issuer_id": "vnm-prime-minister",
        "addressee_ids": ["vnm-ministries", "vnm-agencies", "vnm-localities"],
        "action": "set up a digital office in every district",
        "due_on": date(2024, 9, 30),
        "due_text": "by the end of September",
        "instrument_ids": ["vnm-programme"],
        "language_count": 2,
        "mention_id": stable_id("men", stable_id("dir", "offices"), "en"),
    }
    return [
        directive("offices", **late),
        directive(
            "register", **mic, action="nộp dự thảo nghị định về kho dữ liệu dùng chung", language="vi",
            due_on=date(2025, 6, 30), due_text="trong tháng 6",
        ),
        directive("plan", **mic, action="publish the open-data catalogue of all provinces", due_on=date(2025, 12, 31)),
        directive(
            "ranks", **mic, action="raise the country’s place in the United Nations e-government survey by five",
            target_metric_id="un-egdi-rank", target_comparator=">=", target_change=5.0,
        ),
        directive(
            "share", **mic, action="bring nine in ten people online", due_on=date(2024, 12, 31),
            target_metric_id="internet-users-share", target_comparator=">=", target_value=90.0,
        ),
        directive(
            "top", **mic, action="keep the country among the first thirty in cyber security",
            target_metric_id="itu-gci-rank", target_comparator="<=", target_value=30.0,
        ),
        directive("free", action="former les agents publics aux outils numériques", language="fr"),
        directive(
            "odd", issuer_id="vnm-office-of-nowhere", addressee_ids=[], action="report <b>without delay</b>",
            conflicts=["due_on: 2025-01-31 says one article, 2025-03-31 another"],
        ),
    ]  # fmt: skip


def claims() -> list[Row]:
    """Return indicators of every verdict."""
    return [
        indicator("rank", "un-egdi-rank", value=71.0, unit="rank", out_of=193.0, change=15.0, change_since="2022"),
        indicator("gci", "itu-gci-rank", value=17.0, unit="rank"),
        indicator(
            "dbs", "vnm-public-sector-databases", value=2990.0, unit="databases", change=678.0, change_percent=30.0
        ),
        indicator("users", "internet-users-share", value=91.0, unit="percent", comparator=">="),
        indicator("share", "digital-economy-share-of-gdp", value=18.3, unit="percent", publisher_id="vnm-mic"),
        indicator("ndxp", None, metric_text="transactions on the exchange", value=1_013_000_000.0, unit="transactions"),
        indicator(
            "2g", None, metric_text="abonnés 2G", value=2.0, value_high=5.0, unit="percent", comparator="~", period=None
        ),
        indicator("aim", "internet-users-share", value=95.0, unit="percent", kind="target", period="2030"),
    ]  # fmt: skip


def official() -> list[Row]:
    """Return the official figures."""
    return [
        *egdi(),
        *gci(),
        figure("internet-users-share", "2024", 84.15, date(2025, 1, 15)),
        figure("digital-economy-share-of-gdp", "2024", 13.17, date(2025, 1, 6), source_id="vnm-nso"),
    ]


def _said(ordered: pl.DataFrame) -> list[tuple[str, tuple[str, str]]]:
    first, last = ordered["directive_id"][0], ordered["directive_id"][-1]
    return [
        (first, ("en", "They shall set up a digital office in every district by the end of September.")),
        (first, ("vi", "Các địa phương phải lập văn phòng số tại mọi huyện trước cuối tháng 9.")),
        (last, ("pl", "Należy <b>niezwłocznie</b> złożyć sprawozdanie.")),
    ]


def _registered() -> dict[str, pl.DataFrame]:
    """What the release knows of sources, articles, organisations and documents."""
    return {
        "sources": frame_of(
            Sources,
            [
                {"source_id": "press", "kind": "articles", "name": "Example News", "publisher": "Example",
                 "licence": "CC BY 4.0", "url": "https://news.example.org/"},
                {"source_id": "office", "kind": "statistics", "name": "E-Government Survey", "publisher": "UN"},
            ],
        ),
        "articles": frame_of(Articles, articles()),
        "stories": frame_of(Stories, [{"story_id": stable_id("sty", "story"), "article_count": 5}]),
        "organisations": frame_of(
            Organisations,
            [
                {"organisation_id": "vnm-prime-minister", "kind": "office", "name_en": "Prime Minister"},
                {"organisation_id": "vnm-mic", "kind": "ministry",
                 "name_en": "Ministry of Information and Communications"},
                {"organisation_id": "vnm-ministries", "kind": "group", "name_en": "ministries"},
                {"organisation_id": "vnm-agencies", "kind": "group", "name_en": "agencies"},
                {"organisation_id": "vnm-localities", "kind": "group", "name_en": "localities"},
            ],
        ),
        "instruments": frame_of(
            Instruments,
            [{"instrument_id": "vnm-programme", "kind": "programme", "name": "National Programme", "mention_count": 1}],
        ),
    }  # fmt: skip


def release() -> dict[str, pl.DataFrame]:
    """Return the tables of the release, by name."""
    ordered, stated, figures = directives(*orders()), indicators(*claims()), statistics(*official())
    rank = stated["indicator_id"][0]
    status = judge_directives(ordered, figures, METRICS, AS_OF, breaks=GCI_BREAKS)
    return {
        **_registered(),
        "metrics": METRICS,
        "directives": ordered,
        "directive_mentions": frame_of(
            DirectiveMentions, [mention("directive_id", directive_id, *said) for directive_id, said in _said(ordered)]
        ),
        "indicators": stated,
        "indicator_mentions": frame_of(
            IndicatorMentions,
            [
                mention("indicator_id", rank, "fr", "Le pays occupe le 71e rang sur 193, quinze places de mieux."),
                mention("indicator_id", rank, "nb", "Landet ligger som nummer 71 av 193."),
                mention("indicator_id", stated["indicator_id"][6], "fr", "Ailleurs, ils sont encore 2 à 5 %."),
            ],
        ),
        "statistics": figures,
        "claim_checks": check_claims(stated, figures, METRICS, breaks=GCI_BREAKS),
        "directive_status": status,
        "target_progress": measure_progress(ordered, figures, METRICS, AS_OF, breaks=GCI_BREAKS),
        "organisation_board": count_by_addressee(ordered, status),
        "changes": frame_of(
            Changes,
            [
                {
                    "table_name": "directives",
                    "row_id": "x",
                    "change": "new",
                    "news": "new",
                    "title": "x",
                    "explanation": "Directive new.",
                }
            ],
        ),
        "quarantine": frame_of(
            Quarantine,
            [
                {"table_name": "articles", "row": "{}", "check": "encoding", "run_id": "r",
                 "detail": "broken.html: byte 0x81 at 12 is no UTF-8; save the page anew"},
            ],
        ),
        "extraction_quality": frame_of(ExtractionQuality, _quality()),
    }  # fmt: skip


def _quality() -> list[Row]:
    same = {"set_name": "blind", "gold_sha256": "0", "extractor_version": "1", "code_version": "1"}
    counts = {"hits": 90, "false_alarms": 10, "misses": 30}
    return [
        same | counts | {"kind": "directives"},
        same | counts | {"kind": "directives", "language": "en", "hits": 41},
        same | counts | {"kind": "directives", "field": "due_on", "hits": 42},
        same | counts | {"kind": "headers", "hits": 43},
    ]
