"""Lines of text dumps: what tells the story, and what only stands around it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.documents.blocks import label_lines, read_lines
from dx_pipeline.documents.cues import read_page_cues
from dx_pipeline.documents.document import Block
from dx_pipeline.documents.header import read_head
from dx_pipeline_tests.documents.conftest import labelled, texts
from dx_pipeline_tests.documents.dumps import DUMPS

CUES = read_page_cues()
STORY = ("body", "list", "quote", "table")
SENTENCE = "The council asked every school to report its figures before the end of the month."


def _blocks(text: str) -> list[Block]:
    lines = read_lines(text)
    return label_lines(lines, read_head(lines, None, CUES), CUES)


def _kinds(text: str) -> dict[str, str]:
    return {text[block.start : block.end]: block.kind for block in _blocks(text)}


EXPECTED: dict[str, dict[str, Any]] = {
    "vi": {
        "title": "Tỉnh Bình Hòa giao chỉ tiêu số hóa hồ sơ cho từng xã",
        "published_on": "2025-04-12",
        "publisher": "Vidu.vn",
        "blocks": {"story": 3, "heading": 2, "caption": 2},
    },
    "en": {
        "title": "Harbour towns get a date for paperless permits",
        "published_on": "2023-05-05",
        "publisher": None,
        "blocks": {"story": 4, "heading": 2, "caption": 1},
    },
    "fr": {
        "title": "Numérique : la région fixe une date à ses communes",
        "published_on": "2023-05-05",
        "publisher": "Le Courrier d'Exemple",
        "blocks": {"story": 3, "heading": 2, "caption": 2},
    },
    "pl": {
        "title": "Gminy nadmorskie mają termin na usługi bez papieru",
        "published_on": "2023-05-05",
        "publisher": "Vidu.vn",
        "blocks": {"story": 3, "heading": 1, "caption": 2},
    },
    "nb": {
        "title": "Kystbyene får frist for papirløse tillatelser",
        "published_on": "2023-05-05",
        "publisher": "Eksempelavisa",
        "blocks": {"story": 2, "heading": 1, "caption": 2},
    },
}


@pytest.mark.parametrize("language", EXPECTED)
def test_a_page_of_each_language_is_taken_apart(article: Callable[..., Any], language: str) -> None:
    row, parsed = article(DUMPS[language])
    expected = EXPECTED[language]
    assert row["text"] == DUMPS[language]
    assert row["language"] == language
    assert (row["title"], row["publisher"]) == (expected["title"], expected["publisher"])
    assert (row["published_on"].isoformat(), row["published_on_source"]) == (expected["published_on"], "page")
    found = {"story": texts(parsed, *STORY), "heading": texts(parsed, "heading"), "caption": texts(parsed, "caption")}
    assert {kind: len(lines) for kind, lines in found.items()} == expected["blocks"], labelled(parsed)
    assert found["heading"][0] == expected["title"]


def test_the_printed_source_is_the_article_s_basis(article: Callable[..., Any]) -> None:
    row, _ = article(DUMPS["vi"])
    assert row["is_based_on"] == "https://vidu.example/tinh-binh-hoa-20250412081500123.htm"


def test_the_story_goes_on_after_an_inserted_box() -> None:
    kinds = _kinds(DUMPS["vi"])
    assert kinds["Giá lúa tăng 3% trong tuần qua"] == "related"
    resumed = "Theo báo cáo, đến nay 41% hồ sơ đã được số hóa, tăng 9 điểm phần trăm so với cuối năm ngoái."
    assert kinds[resumed] == "body"


def test_sentences_behind_the_story_s_end_are_not_the_story() -> None:
    kinds = _kinds(DUMPS["vi"])
    teaser = "Huyện Phú An khánh thành 2 cây cầu dài 120 m. Người dân vui mừng vì đường đi ngắn hơn 15 km."
    assert kinds[teaser] in {"related", "tail", "comment"}


def test_a_tail_marker_near_the_top_ends_nothing() -> None:
    text = f"A headline of some words\n\nLatest news\n\n{SENTENCE}\n\nPopular\n\n" + "".join(
        f"{SENTENCE} So did {i}.\n\n" for i in range(6)
    )
    assert sum(block.kind == "body" for block in _blocks(text)) == 7


def test_a_word_that_may_be_a_heading_does_not_cut_the_story() -> None:
    text = f"A headline of some words\n\n{SENTENCE}\n\nContact\n\n" + "".join(
        f"{i}. {SENTENCE} So it is.\n\n" for i in range(5)
    )
    assert sum(block.kind in STORY for block in _blocks(text)) == 6


def test_lines_that_stand_for_pictures_and_what_is_below_them_are_captions() -> None:
    title = "The lake towns agree on one register"
    long = f"{SENTENCE} It named the schools that are late, and those that are not, one after the other."
    parts = [title, "05/05/2023"]
    for number in range(3):
        parts += [f"{long} {number}.", title, f"Mayors at the table of session {number}."]
    kinds = _kinds("\n\n".join([*parts, f"{long} End."]))
    assert kinds["Mayors at the table of session 1."] == "caption"
    assert kinds[f"{long} 1."] == "body"


def test_a_short_paragraph_below_a_picture_without_caption_is_kept() -> None:
    text = (
        f"A headline of some words\n\n{SENTENCE} Yes.\n\nmap.png\n\nThe office shall report monthly.\n\n{SENTENCE} No."
    )
    assert _kinds(text)["The office shall report monthly."] == "body"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("- connect the hospitals to the register;", "list"),
        ("2) publish the standard", "list"),
        ("| Year | Share |", "table"),
        ("[[topic:harbours]]", "meta"),
        ("## What the towns must do", "heading"),
        ("What the towns must do", "heading"),
        ("The towns must do three things:", "body"),
        ("Mayors at the harbour (Screenshot)", "caption"),
        ("Source: Example News Agency", "meta"),
        ("https://a.example/b", "meta"),
        ("This site uses cookies to count its visitors.", "menu"),
        ("* * *", "meta"),
        ("Read more: Fishing fleet to shrink", "related"),
    ],
)
def test_a_line_between_paragraphs(line: str, kind: str) -> None:
    text = f"A headline of some words\n\n{SENTENCE} One.\n\n{line}\n\n{SENTENCE} Two."
    assert [block.kind for block in _blocks(text)] == ["heading", "body", kind, "body"]


def test_a_page_without_headline_begins_with_its_story(article: Callable[..., Any]) -> None:
    row, parsed = article(f"{SENTENCE} It was clear.\n{SENTENCE}")
    assert row["title"] is None
    assert texts(parsed, "body") == [f"{SENTENCE} It was clear.", SENTENCE]


def test_a_headline_may_end_with_a_full_stop(article: Callable[..., Any]) -> None:
    title = "The towns must hurry with their permits, says the minister."
    row, _ = article(f"Vidu.vn - Trang tin\n\n{title}\n\n05/05/2023\n\n{SENTENCE}")
    assert row["title"] == title


def test_a_closing_quotation_is_the_story() -> None:
    last = "„Nie ma na co czekać” – przypomniał minister."
    assert _kinds(f"A headline of some words\n\n{SENTENCE} Yes.\n\n{last}\n\nJ. Doe")[last] == "body"


@pytest.mark.parametrize("signature", ["", " — ENA", " (ENA)", " ENA/XNA"])
def test_a_last_sentence_with_an_agency_s_name_is_the_story(signature: str) -> None:
    last = f"The bridge is to open in May.{signature}"
    assert _kinds(f"A headline of some words\n\n{SENTENCE} Yes.\n\n{last}\n\nJ. Doe")[last] == "body"


def test_a_markdown_page_tells_its_head(article: Callable[..., Any]) -> None:
    head = "---\ntitle: One register for the lake towns\ndate: 2023-05-05\nsource: https://a.example/x\n---\n"
    row, parsed = article(f"{head}# One register for the lake towns\n\n{SENTENCE}\n\n- one\n- two\n")
    assert row["title"] == "One register for the lake towns"
    assert (row["published_on"].isoformat(), row["published_on_source"]) == ("2023-05-05", "meta")
    assert row["is_based_on"] == "https://a.example/x"
    assert texts(parsed, "heading") == ["One register for the lake towns"]
    assert texts(parsed, "list") == ["- one", "- two"]


LINES = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        [SENTENCE, "Comments (2)", "Read more", "a.jpg", "05/05/2023", "Photo: X", "Home", "- x", "---", "# T"]
    ),
)


@given(st.lists(LINES, max_size=30).map("\n".join))
def test_blocks_are_in_order_inside_the_text_and_hold_every_line(text: str) -> None:
    blocks = _blocks(text)
    position = 0
    for block in blocks:
        assert position <= block.start < block.end <= len(text)
        position = block.end
    kept = "".join("".join(text[block.start : block.end].split()) for block in blocks)
    whole = "".join(text.split())
    assert len(kept) >= len(whole) - 6 * text.count("#")  # only a heading's number signs stand outside


def test_what_opens_something_else_behind_the_story_is_its_tail() -> None:
    text = f"# A headline of some words\n\n{SENTENCE}\n\n## Who pays\n\n{SENTENCE}\n\nMore of this:\n\n## Join us\n"
    kinds = _kinds(text)
    assert (kinds["Who pays"], kinds["## Join us"], kinds["More of this:"]) == ("heading", "tail", "tail")
    assert _kinds("# A headline of some words\n\n## And no more")["A headline of some words"] == "heading"


def test_a_marked_quotation_is_a_quote() -> None:
    kinds = _kinds(f"# A headline of some words\n\n{SENTENCE}\n\n> {SENTENCE} So he said.\n\n> Home\n\n{SENTENCE} End.")
    assert kinds[f"> {SENTENCE} So he said."] == "quote"
    assert kinds["> Home"] != "quote"
