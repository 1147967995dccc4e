"""The language is that of the story, whatever frame the page has."""

import pytest

from dx_pipeline.documents.languages import detect_language

STORIES = {
    "en": "The ministry will connect every district hospital to the national register before the summer.",
    "vi": "Bộ sẽ kết nối mọi bệnh viện tuyến huyện với cơ sở dữ liệu quốc gia trước mùa hè năm nay.",
    "fr": "Le ministère reliera tous les hôpitaux de district au registre national avant le début de l'été.",
    "pl": "Ministerstwo podłączy wszystkie szpitale powiatowe do krajowego rejestru jeszcze przed latem.",
    "nb": "Departementet skal koble alle lokalsykehus til det nasjonale registeret før sommeren kommer.",
}


@pytest.mark.parametrize(("tag", "story"), STORIES.items())
def test_each_language_is_told(tag: str, story: str) -> None:
    assert detect_language([story]) == tag


def test_nynorsk_is_norwegian() -> None:
    story = "Departementet skal kople alle sjukehusa i kommunane til det nasjonale registeret før sommaren kjem. "
    assert detect_language([story * 3]) == "nb"


def test_paragraphs_weigh_by_their_length() -> None:
    assert detect_language([STORIES["vi"], *[STORIES["fr"]] * 6]) == "fr"


@pytest.mark.parametrize("story", ["", "57-NQ/TW", "12 345 67,8% " * 30, "\x00\x01\ufdd0\U0010ffff" * 40])
def test_what_is_unsure_stays_unknown(story: str) -> None:
    assert detect_language([story]) is None


def test_an_even_mixture_stays_unknown() -> None:
    assert detect_language([STORIES["en"] * 3, STORIES["pl"] * 3]) is None
