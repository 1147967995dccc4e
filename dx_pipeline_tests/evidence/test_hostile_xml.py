"""XML that is cut, mislabelled or meant to harm: read as far as it goes, or refused, within bounds."""

import gzip
import time

import pytest

from dx_pipeline.evidence.hostile_xml import MAX_BYTES, HostileXmlError, read_elements, text_of, unpack

WANTED = frozenset({"item"})


def texts(body: bytes, media_type: str | None = None) -> tuple[list[str], list[str]]:
    problems: list[str] = []
    read = [text_of(element) for name, element in read_elements(body, media_type, WANTED, problems) if name == "item"]
    return read, problems


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ('<?xml version="1.0" encoding="utf-8"?><r><item>Chuyển đổi số</item></r>'.encode(), None),
        ("\ufeff<r><item>Chuyển đổi số</item></r>".encode(), "text/xml; charset=iso-8859-1"),
        ('<?xml version="1.0" encoding="utf-16"?><r><item>Chuyển đổi số</item></r>'.encode("utf-16"), None),
        ('<?xml version="1.0" encoding="windows-1258"?><r><item>Chuyển đổi số</item></r>'.encode(), None),
    ],
)
def test_the_encoding_is_told_by_the_bytes_first(body: bytes, media_type: str | None) -> None:
    assert texts(body, media_type) == (["Chuyển đổi số"], [])


@pytest.mark.parametrize(
    ("encoding", "declared", "media_type"),
    [
        ("iso-8859-2", '<?xml version="1.0" encoding="ISO-8859-2"?>', None),
        ("iso-8859-2", "", "application/xml; charset=ISO-8859-2"),
        ("cp1250", '<?xml version="1.0" encoding="windows-1250"?>', "text/xml"),
    ],
)
def test_other_encodings_are_those_that_are_named(encoding: str, declared: str, media_type: str | None) -> None:
    body = f"{declared}<r><item>Łódź śpi</item></r>".encode(encoding)
    assert texts(body, media_type) == (["Łódź śpi"], [])


def test_a_few_wrong_bytes_do_not_turn_the_rest() -> None:
    body = '<?xml version="1.0" encoding="utf-8"?><r><item>số '.encode() + b"\xff</item></r>"
    assert texts(body)[0] == ["số \ufffd"]


def test_bare_ampersands_and_entities_of_html_are_read() -> None:
    read, problems = texts(b"<r><item>/a?x=1&b=2 &eacute;&nbsp;R&D &lt;b&gt;</item><item><![CDATA[a & b]]></item></r>")
    assert (read, problems) == (["/a?x=1&b=2 é R&D <b>", "a & b"], [])


def test_control_characters_are_dropped() -> None:
    assert texts(b"<r><item>a\x0bb\x00c</item></r>") == (["abc"], [])


@pytest.mark.parametrize("end", ["<item>cut", "<item>two</itm></r>", "</wrong><item>", "<item at"])
def test_damage_is_told_and_what_came_before_is_read(end: str) -> None:
    read, problems = texts(f"<r><item>one</item>{end}".encode())
    assert read[0] == "one"
    assert "read as far as it goes" in problems[0]


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE r [<!ENTITY x "y">]><r><item>&x;</item></r>',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><item>&x;</item></r>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE r [<!ENTITY x "y">]><r/>'.encode("utf-16"),
        b'<!DOCTYPE r [<!ATTLIST item a CDATA "b">]><r/>',
        b'<!DOCTYPE r SYSTEM "a" [ %b; ]><r/>',
    ],
)
def test_declarations_are_refused_unread(body: bytes) -> None:
    with pytest.raises(HostileXmlError, match="declares"):
        texts(body)


def test_a_named_document_type_is_not_loaded() -> None:
    named = b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss-0.91.dtd">'
    assert texts(named + b"<rss><item>one</item></rss>") == (["one"], [])


@pytest.mark.parametrize(
    "body",
    [
        b"<r>" + b"<a>" * 1_000_000,
        b"<r><item>" + b"<a/>" * 1_000_000,
        b"<r>" + b"<![CDATA[" * 500_000,
        b"<r " + b" ".join(b'a%d="x"' % number for number in range(200_000)) + b">",
    ],
    ids=["deep", "wide", "unclosed", "attributes"],
)
def test_a_monster_costs_little_and_is_told(body: bytes) -> None:
    started = time.process_time()
    read, problems = texts(body)
    assert (read, bool(problems)) == ([], True)
    assert time.process_time() - started < 5


def test_more_elements_than_bearable_end_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dx_pipeline.evidence.hostile_xml._MAX_ELEMENTS", 100)
    read, problems = texts(b"<r><item>one</item>" + b"<a/>" * 1_000 + b"<item>two</item></r>")
    assert read == ["one"]
    assert "the rest was not read" in problems[0]


def test_an_ocean_of_entities_is_refused() -> None:
    with pytest.raises(HostileXmlError, match="entities"):
        texts(b"<r>" + b"&a;" * 1_000_001)


def test_gzip_is_unpacked_in_all_its_members() -> None:
    assert unpack(gzip.compress(b"<r>") + gzip.compress(b"</r>")) == b"<r></r>"


def test_gzip_that_is_cut_gives_what_it_holds() -> None:
    whole = gzip.compress(b"<r><item>one</item>" + bytes(range(256)) * 40)
    assert unpack(whole[: len(whole) // 2]).startswith(b"<r><item>one")


def test_a_bomb_stops_at_the_bound() -> None:
    with pytest.raises(HostileXmlError, match=str(MAX_BYTES)):
        unpack(gzip.compress(b" " * (MAX_BYTES + 1)))


def test_what_only_begins_like_gzip_is_refused() -> None:
    with pytest.raises(HostileXmlError, match="damaged gzip"):
        unpack(b"\x1f\x8bnonsense, and more of it")
