"""Kinds of content by their bytes, what is welcome where, and what has no end."""

import gzip
import io
import zipfile
from collections.abc import Mapping, Sequence

import pytest

from dx_pipeline.evidence.media import Accept, essence, looks_cut, sniff, why_unwelcome
from dx_pipeline_tests.loopback.bench import ARTICLE


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", "year,value\n")
    return file.getvalue()


Pairs = Mapping[Accept, Sequence[tuple[str | None, str]]]
BODIES = {
    "html": ARTICLE.encode(),
    "xml": b'\xef\xbb\xbf<?xml version="1.0"?><rss version="2.0"></rss>\n',
    "json": b' {"value": []}\n',
    "pdf": b"%PDF-1.7\n1 0 obj\ntrailer\n%%EOF\n",
    "zip": _zip(),
    "gzip": gzip.compress(b"<urlset/>"),
    "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100,
    "parquet": b"PAR1" + b"\0" * 20 + b"PAR1",
    "image": b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
    "text": b"year,value\n2024,1\n",
    "unknown": b"\0\1\2\3",
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_kind_is_told_by_its_bytes(kind: str) -> None:
    assert sniff(BODIES[kind]) == kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<?xml version='1.0'?><!DOCTYPE html><html xmlns='x'></html>", "html"),
        (b"<!-- a note --><html><body>", "html"),
        (b"\r\n\r\n<HTML>", "html"),
        ("<!doctype html><p>".encode("utf-16"), "html"),
        (b"<urlset xmlns='x'>", "xml"),
        (b"<mes:Structure>", "text"),
        (b"", "text"),
    ],
)
def test_spellings_of_kinds(body: bytes, kind: str) -> None:
    assert sniff(body) == kind


WELCOME: Pairs = {
    Accept.PAGE: [
        ("text/html", "html"),
        ("application/xhtml+xml", "html"),
        (None, "html"),
        ("application/octet-stream", "pdf"),
        ("application/pdf", "pdf"),
        ("text/plain", "text"),
        ("text/html", "text"),
        ("application/xml", "html"),
    ],
    Accept.FEED: [
        ("application/rss+xml", "xml"),
        ("text/html", "xml"),
        (None, "xml"),
        ("application/gzip", "gzip"),
        ("application/octet-stream", "gzip"),
        ("text/xml", "xml"),
    ],
    Accept.DATA: [
        ("application/json", "json"),
        ("text/csv", "text"),
        ("text/plain", "text"),
        (None, "zip"),
        (None, "text"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "zip"),
        ("application/vnd.ms-excel", "ole"),
        ("application/vnd.sdmx.data+csv; version=1.0.0", "text"),
        ("application/octet-stream", "parquet"),
        ("application/vnd.sdmx.structure+xml", "xml"),
        ("text/html", "json"),
    ],
}
UNWELCOME: Pairs = {
    Accept.PAGE: [
        ("text/html", "pdf"),
        ("application/pdf", "html"),
        ("text/html", "json"),
        ("text/html", "xml"),
        ("text/plain", "html"),
        ("image/png", "image"),
        ("application/json", "json"),
        ("text/html", "zip"),
        ("text/csv", "text"),
        (None, "unknown"),
    ],
    Accept.FEED: [
        ("text/html", "html"),
        ("application/rss+xml", "html"),
        ("application/json", "json"),
        ("text/plain", "text"),
    ],
    Accept.DATA: [
        ("application/json", "html"),
        ("text/html", "html"),
        ("text/csv", "pdf"),
        ("image/png", "image"),
        ("application/json", "text"),
        (None, "unknown"),
    ],
}


@pytest.mark.parametrize(("accept", "said", "kind"), [(a, *pair) for a, pairs in WELCOME.items() for pair in pairs])
def test_what_is_welcome(accept: Accept, said: str | None, kind: str) -> None:
    assert why_unwelcome(said, kind, accept) is None


@pytest.mark.parametrize(("accept", "said", "kind"), [(a, *pair) for a, pairs in UNWELCOME.items() for pair in pairs])
def test_what_is_not_welcome_is_told(accept: Accept, said: str | None, kind: str) -> None:
    assert why_unwelcome(said, kind, accept)


@pytest.mark.parametrize("kind", ["html", "xml", "json", "pdf", "zip", "parquet"])
def test_half_of_a_kind_with_an_end_looks_cut(kind: str) -> None:
    body = BODIES[kind]
    assert not looks_cut(body, kind, None)
    assert looks_cut(body[: len(body) // 2], kind, None)


def test_a_table_ends_with_a_line() -> None:
    assert looks_cut(b"a,b\n1,2", "text", "text/csv")
    assert not looks_cut(b"a,b\n1,2\r\n", "text", "text/csv; charset=utf-8")
    assert not looks_cut(b"a note", "text", "text/plain")


def test_a_media_type_is_compared_without_its_parameters() -> None:
    assert (essence(" Text/CSV ;header=present"), essence(None)) == ("text/csv", "")
