"""Lines repeated on page after page of a site are no story; what articles share is."""

import random

import polars as pl
import pytest

from dx_pipeline.documents.cues import read_page_cues
from dx_pipeline.documents.repeats import name_repeats
from dx_pipeline.schemas.documents import Blocks
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline_tests.builders import article_id, parsed_article, parsed_articles

CUES = read_page_cues()
PLEA = "Our reporters depend on readers like you, so please become a member of our circle of friends."
OFFER = "This week's offer."
PREAMBLE = "Pursuant to Decree 47/2020/NĐ-CP of 9 April 2020 on the sharing of data;"
Block = tuple[str, str]  # kind and text
Pages = dict[str, list[Block]]


def story(name: str, paragraphs: int = 3) -> list[Block]:
    return [
        ("body", f"Paragraph {n} tells what town {name} did with its permits in the spring.") for n in range(paragraphs)
    ]


def label(pages: Pages, source: str = "tests") -> Pages:
    """Return the pages after the comparison."""
    rows, blocks = [], []
    for name, parts in pages.items():
        text = "\n\n".join(text for _, text in parts)
        rows.append(parsed_article(name, text, source_id=source))
        position = 0
        for number, (kind, part) in enumerate(parts):
            row = {"article_id": article_id(name), "block_no": number, "kind": kind}
            blocks.append(row | {"start_char": position, "end_char": position + len(part)})
            position += len(part) + 2
    named = Blocks.validate(name_repeats(parsed_articles(*rows), frame_of(Blocks, blocks), CUES))
    ids = {article_id(name): name for name in pages}
    found: Pages = {name: [] for name in pages}
    for block in named.iter_rows(named=True):
        name = ids[block["article_id"]]
        found[name].append((block["kind"], pages[name][block["block_no"]][1]))
    return found


def kinds(pages: Pages, text: str) -> set[str]:
    return {kind for parts in pages.values() for kind, part in parts if part == text}


def _site(count: int, *extra: Block, others: int = 0) -> Pages:
    pages: Pages = {f"a{n}": [*story(f"a{n}"), *extra] for n in range(count)}
    return pages | {f"b{n}": story(f"b{n}") for n in range(others)}


def test_a_line_on_many_pages_is_the_tail_behind_the_story_and_a_menu_before_it() -> None:
    pages = _site(6, ("heading", "Join us"), ("body", PLEA))
    for parts in pages.values():
        parts.insert(1, ("list", OFFER))
    labelled = label(pages)
    assert kinds(labelled, PLEA) == {"tail"}
    assert kinds(labelled, "Join us") == {"tail"}
    assert kinds(labelled, OFFER) == {"menu"}
    assert {kind for parts in labelled.values() for kind, text in parts if "Paragraph" in text} == {"body"}


@pytest.mark.parametrize(
    ("count", "others", "kind"), [(4, 0, "body"), (5, 20, "tail"), (5, 21, "body"), (5, 0, "tail")]
)
def test_few_pages_and_a_small_share_say_nothing(count: int, others: int, kind: str) -> None:
    assert kinds(label(_site(count, ("body", PLEA), others=others)), PLEA) == {kind}


def test_copies_and_versions_of_one_article_are_one_text() -> None:
    copies: Pages = {f"c{n}": [*story("one"), ("body", f"Copy {n}.")] for n in range(9)}
    assert label(copies) == copies
    assert label(copies | _site(6)) == copies | _site(6)
    pairs: Pages = {f"{side}{n}": [*story(f"p{n}"), ("body", PLEA)] for n in range(8) for side in "xy"}
    assert kinds(label(pairs), PLEA) == {"tail"}
    four = {name: parts for name, parts in pairs.items() if int(name[1]) < 4}
    assert kinds(label(four), PLEA) == {"body"}, "four texts, though the line stands on eight pages"


def test_one_role_is_not_another() -> None:
    pages = _site(4, ("body", OFFER)) | {f"q{n}": [*story(f"q{n}"), ("quote", OFFER)] for n in range(4)}
    assert label(pages) == pages


def test_references_of_official_documents_are_kept() -> None:
    pages = _site(9, ("body", PREAMBLE), ("body", "Done on 5 May 2024 in Easthaven."), ("body", PLEA))
    labelled = label(pages)
    assert kinds(labelled, PREAMBLE) == {"body"}
    assert kinds(labelled, "Done on 5 May 2024 in Easthaven.") == {"body"}
    assert kinds(labelled, PLEA) == {"tail"}


def test_a_page_of_nothing_else_is_left_alone() -> None:
    pages = _site(9, ("body", PLEA)) | {"empty": [("body", PLEA)]}
    assert label(pages)["empty"] == [("body", PLEA)]


def test_each_source_is_counted_by_itself() -> None:
    left, right = _site(4, ("body", PLEA)), {f"r{n}": [*story(f"r{n}"), ("body", PLEA)] for n in range(4)}
    rows, blocks = [], []
    for source, pages in (("one", left), ("two", right)):
        for name, parts in pages.items():
            rows.append(parsed_article(name, parts[-1][1], source_id=source))
            row = {"article_id": article_id(name), "block_no": 0, "kind": "body", "start_char": 0}
            blocks.append(row | {"end_char": len(PLEA)})
    frame = frame_of(Blocks, blocks)
    assert name_repeats(parsed_articles(*rows), frame, CUES).equals(frame)


def test_neither_order_nor_a_second_look_changes_anything() -> None:
    pages = _site(7, ("body", PLEA), others=3)
    names = list(pages)
    random.Random(3).shuffle(names)  # noqa: S311 - no secrets
    assert label({name: pages[name] for name in names}) == label(pages)
    empty = frame_of(Blocks, [])
    assert name_repeats(parsed_articles(), empty, CUES).equals(empty)
    assert isinstance(empty, pl.DataFrame)
