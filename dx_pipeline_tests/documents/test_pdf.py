"""PDFs: paragraphs mended, running heads set apart, and clear word where there is no text."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from dx_pipeline.documents import pdf
from dx_pipeline.documents.cues import read_page_cues
from dx_pipeline.documents.document import UnreadableError
from dx_pipeline.documents.pdf import is_pdf, read_pdf
from dx_pipeline_tests.documents.conftest import labelled, parse

CUES = read_page_cues()
PARAGRAPH = [
    "The ministry asked every province to connect its hospi-",
    "tals to the national register before the summer, and to",
    "report the number of connected wards every month.",
]


def pdf_of(*pages: list[str]) -> bytes:
    """Write a PDF by hand: one font, one text object a page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        shown = " T* ".join(f"({line.replace('(', '[').replace(')', ']')}) Tj" for line in lines)
        stream = f"BT /F1 11 Tf 14 TL 50 780 Td {shown} ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        kids.append(len(objects) + 1)
        font = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {font} /Contents {len(objects)} 0 R >>")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>"
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")


def _page(number: int, *lines: str) -> list[str]:
    return ["Example Gazette, special issue", *lines, f"Page {number} of 3"]


def test_lines_are_joined_and_broken_words_mended() -> None:
    page = read_pdf(pdf_of([*PARAGRAPH, "It named no penalty for delay, to the surprise of many.", "Next steps"]), CUES)
    assert "connect its hospitals to the national register before the summer, and to report" in page.text


def test_running_heads_are_set_apart_and_paragraphs_cross_pages() -> None:
    first = _page(1, "A register for all hospitals of the country", *PARAGRAPH[:2])
    second = _page(2, PARAGRAPH[2], "The summer is short.")
    page = read_pdf(pdf_of(first, second, _page(3, "That is all that was said on that day.")), CUES)
    heads = [line.text for line in page.lines if line.kind == "meta"]
    assert heads == ["Example Gazette, special issue", "Page 1 of 3", "Page 2 of 3", "Page 3 of 3"]
    assert "before the summer, and to report the number of connected wards every month." in page.text


def test_a_pdf_becomes_an_article_whatever_its_file_is_called() -> None:
    parsed = parse({"report.txt": pdf_of(PARAGRAPH)}, "text/plain")
    assert parsed.articles["language"].to_list() == ["en"]
    assert [kind for kind, _ in labelled(parsed)] == ["body"]


def test_an_encrypted_pdf_is_refused_with_the_remedy() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of(PARAGRAPH))))
    writer.encrypt("secret", algorithm="RC4-128")
    body = io.BytesIO()
    writer.write(body)
    with pytest.raises(UnreadableError, match="without a password") as caught:
        read_pdf(body.getvalue(), CUES)
    assert caught.value.check == "encrypted"


@pytest.mark.parametrize("body", [pdf_of([]), pdf_of(["..."])])
def test_a_scan_is_refused_with_the_remedy(body: bytes) -> None:
    with pytest.raises(UnreadableError, match="text recognition") as caught:
        read_pdf(body, CUES)
    assert caught.value.check == "no_text"


@pytest.mark.parametrize("body", [b"%PDF-1.7", b"%PDF-1.4\n" + b"1 0 obj " * 1000, pdf_of(PARAGRAPH)[:300]])
def test_a_broken_pdf_is_refused(body: bytes) -> None:
    assert is_pdf(body)
    with pytest.raises(UnreadableError) as caught:
        read_pdf(body, CUES)
    assert caught.value.check in {"broken_pdf", "no_text"}


def test_what_lies_beyond_the_limit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    parsed = parse({"long.pdf": pdf_of(PARAGRAPH, PARAGRAPH, PARAGRAPH)}, "application/pdf")
    assert parsed.articles.height == 1
    assert parsed.quarantine["check"].to_list() == ["too_long"]
    assert "only 2 of 3 pages" in parsed.quarantine["detail"][0]
