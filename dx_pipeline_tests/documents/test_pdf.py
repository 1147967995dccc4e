"""PDFs: paragraphs mended, running heads set apart, and clear word where there is no text."""

import io
from collections.abc import Sequence
from datetime import date

import pytest
from pypdf import PdfReader, PdfWriter

from dx_pipeline.documents import pdf
from dx_pipeline.documents.cues import read_page_cues
from dx_pipeline.documents.document import UnreadableError
from dx_pipeline.documents.letterhead import read_letterhead
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
        objects.append(_stream(f"BT /F1 11 Tf 14 TL 50 780 Td {shown} ET"))
        kids.append(len(objects) + 1)
        font = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {font} /Contents {len(objects)} 0 R >>")
    return _file(objects, kids)


Placed = tuple[int, int, str]  # where a line of text stands, and the line


def placed_pdf_of(*pages: list[Placed]) -> bytes:
    """Write a PDF by hand in whatever letters: each has a code, and a map tells what the codes mean."""
    codes = {c: n for n, c in enumerate(sorted({c for page in pages for *_, line in page for c in line}), start=1)}
    meanings = "\n".join(f"<{code:02x}> <{ord(character):04x}>" for character, code in codes.items())
    widths = " ".join(["500"] * 256)
    font = f"/Type /Font /Subtype /Type1 /BaseFont /Helvetica /FirstChar 0 /LastChar 255 /Widths [{widths}]"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        f"<< {font} /ToUnicode 4 0 R >>",
        _stream(
            f"begincmap 1 begincodespacerange <00> <ff> endcodespacerange\n{len(codes)} beginbfchar\n{meanings}\n"
            "endbfchar endcmap"
        ),
    ]
    kids = []
    for page in pages:
        shown = (f"1 0 0 1 {x} {y} Tm <{''.join(f'{codes[c]:02x}' for c in line)}> Tj" for x, y, line in page)
        objects.append(_stream("\n".join(f"BT /F1 11 Tf {one} ET" for one in shown)))
        kids.append(len(objects) + 1)
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {resources} /Contents {len(objects)} 0 R >>"
        )
    return _file(objects, kids)


def _stream(content: str) -> str:
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"


def _file(objects: list[str], kids: list[int]) -> bytes:
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>"
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")


def _row(number: int, left: str, right: str) -> list[Placed]:
    return [(50, 800 - 16 * number, left), (300, 800 - 16 * number, right)]


def _column(x: int, lines: Sequence[str]) -> list[Placed]:
    return [(x, 800 - 16 * number, line) for number, line in enumerate(lines)]


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


LEFT = ("ỦY BAN NHÂN DÂN", "TỈNH BÌNH HÒA", "-------", "Số: 15/2025/QĐ-UBND")
RIGHT = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "---------------",
    "Bình Hòa, ngày 12 tháng 4 năm 2025",
)
SUBJECT = "Ban hành Kế hoạch số hóa hồ sơ đất đai của tỉnh trong năm 2025"
NOTICE = (
    "QUYẾT ĐỊNH",
    SUBJECT,
    "ỦY BAN NHÂN DÂN TỈNH",
    "Căn cứ Luật Lưu trữ ngày 19 tháng 2 năm 2015;",
    "Căn cứ Nghị định số 47/2020/NĐ-CP ngày 09 tháng 4 năm 2020 của Chính phủ;",
    "QUYẾT ĐỊNH:",
    "Điều 1. Các xã phải hoàn thành số hóa hồ sơ đất đai trước ngày 30 tháng 6 năm",
    "2025 và báo cáo kết quả về Sở Nội vụ trước ngày 05 tháng 7 năm 2025 để tổng hợp.",
    "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.",
)
HEADS: dict[str, list[Placed]] = {
    "row by row": [p for n, (a, b) in enumerate(zip(LEFT, RIGHT, strict=True)) for p in _row(n, a, b)],
    "left first": [*_column(50, LEFT), *_column(300, RIGHT)],
    "right first": [*_column(300, RIGHT), *_column(50, LEFT)],
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_an_official_notice_gives_who_when_and_what(head: list[Placed]) -> None:
    first = [*head, *((50, 730 - 16 * n, line) for n, line in enumerate(NOTICE)), (290, 30, "1")]
    second = [(290, 810, "- 2 -"), (50, 780, "Điều 3. Chánh Văn phòng chịu trách nhiệm thi hành Quyết định này./.")]
    parsed = parse({"notice.pdf": placed_pdf_of(first, second)}, "application/pdf")
    row = parsed.articles.row(0, named=True)
    assert (row["title"], row["publisher"]) == (SUBJECT, "ỦY BAN NHÂN DÂN TỈNH BÌNH HÒA")
    assert (row["published_on"], row["published_on_source"]) == (date(2025, 4, 12), "page")
    told = labelled(parsed)
    assert [text for kind, text in told if kind == "heading"] == ["QUYẾT ĐỊNH", SUBJECT, "ỦY BAN NHÂN DÂN TỈNH"]
    assert [text for kind, text in told if kind == "body"] == [
        *NOTICE[3:6],
        f"{NOTICE[6]} {NOTICE[7]}",
        NOTICE[8],
        "Điều 3. Chánh Văn phòng chịu trách nhiệm thi hành Quyết định này./.",
    ]
    meta = {text for kind, text in told if kind == "meta"}
    assert {"1", "- 2 -", LEFT[3], RIGHT[0], RIGHT[3]} <= meta


def test_a_text_that_names_the_state_has_no_letterhead() -> None:
    lines = ["Hiến pháp quy định Cộng hòa xã hội chủ nghĩa Việt Nam là một nước độc lập.", "Tin tức."] * 20
    assert read_letterhead(["Một tin", *["Tin tức."] * 30, *lines], CUES) is None
