"""Charsets: the one said, the one meant, and bytes in none."""

import codecs
import time

import pytest

from dx_pipeline.evidence.charset import UndecodableError, read_charset

VIETNAMESE = "Chuyển đổi số là nhiệm vụ trọng tâm. " * 3


@pytest.mark.parametrize(
    ("body", "media_type", "text", "charset", "remark"),
    [
        (VIETNAMESE.encode(), "text/html; charset=UTF-8", VIETNAMESE, "utf-8", None),
        (VIETNAMESE.encode(), None, VIETNAMESE, "utf-8", None),
        (VIETNAMESE.encode(), 'text/html; charset="iso-8859-1"', VIETNAMESE, "utf-8", "declared iso-8859-1"),
        (
            b"<meta charset=windows-1252>" + "é".encode(),
            None,
            "<meta charset=windows-1252>é",
            "utf-8",
            "declared windows",
        ),
        (codecs.BOM_UTF8 + b"caf\xc3\xa9", "text/html; charset=utf-8", "café", "utf-8", None),
        ("café".encode("utf-16"), "text/html; charset=utf-16le", "café", "utf-16", None),
        ("café".encode("utf-16"), "text/html; charset=utf-8", "café", "utf-16", "declared utf-8"),
        (codecs.BOM_UTF32_LE + "café".encode("utf-32-le"), None, "café", "utf-32", None),
        ("żółw".encode("iso-8859-2"), "text/html; charset=ISO-8859-2", "żółw", "iso-8859-2", None),
        (
            b"<meta charset='windows-1250'>" + "żółw".encode("cp1250"),
            "text/html",
            "<meta charset='windows-1250'>żółw",
            "windows-1250",
            None,
        ),
        (
            b"<?xml version='1.0' encoding='iso-8859-2'?>" + "ż".encode("iso-8859-2"),
            None,
            "<?xml version='1.0' encoding='iso-8859-2'?>ż",
            "iso-8859-2",
            None,
        ),
        ("“café”".encode("cp1252"), "text/html; charset=iso-8859-1", "“café”", "iso-8859-1", None),
        ("café".encode("cp1252"), "text/html; charset=utf-8", "café", "windows-1252", "declared utf-8, but"),
        ("café".encode("cp1252"), None, "café", "windows-1252", "no charset is declared"),
        (b"plain", "text/html; charset=windows-1258", "plain", "utf-8", None),
        ("é".encode(), "text/html; charset=klingon", "é", "utf-8", "declared klingon"),
        (
            ("đ" * 100).encode() + b"\xc4",
            "text/html; charset=utf-8",
            "đ" * 100 + "\ufffd",
            "utf-8",
            "1 characters are broken",
        ),
    ],
)
def test_a_text_is_read_in_the_charset_that_it_is_in(
    body: bytes, media_type: str | None, text: str, charset: str, remark: str | None
) -> None:
    found = read_charset(body, media_type)
    assert found[:2] == (text, charset)
    assert (found[2] or "").startswith(remark or "")
    assert (found[2] is None) == (remark is None)


@pytest.mark.parametrize("body", [bytes(range(256)) * 10, b"\x81\x8d\x8f\x90\x9d" * 20, b"\x00\x01\x02" * 100])
@pytest.mark.parametrize("media_type", [None, "text/html; charset=utf-8", "text/html; charset=windows-1252"])
def test_bytes_that_are_no_text_are_told(body: bytes, media_type: str | None) -> None:
    with pytest.raises(UndecodableError):
        read_charset(body, media_type)


@pytest.mark.parametrize("label", ["punycode", "idna", "unicode_escape", "rot13", "hex", "zlib", "undefined", "utf-7"])
def test_what_python_alone_calls_a_charset_is_none(label: str) -> None:
    body = b"caf\xe9 \\u0041 " + b"a-" * 50_000
    started = time.process_time()
    assert read_charset(body, f"text/html; charset={label}")[1] == "windows-1252"
    assert time.process_time() - started < 2
