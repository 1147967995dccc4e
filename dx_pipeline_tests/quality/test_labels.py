"""Label files as users write them: read, or refused with the field that is wrong and what to do."""

from pathlib import Path

import pytest

from dx_pipeline.quality.labels import LabelError, is_optional, quotes_of, read_label
from dx_pipeline_tests.quality.examples import FIGURES_LABEL, ORDERS_LABEL


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "label.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    label = read_label(write(tmp_path, ORDERS_LABEL))
    assert (label.document, label.language) == ("orders.txt", "en")
    (figure,) = label.facts["indicators"]
    assert figure["period"] == "2024"  # YAML reads a number
    assert quotes_of(figure) == ["45 percent of households paid their fees online"]
    assert not is_optional(figure)


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("file: orders.txt", "fille: orders.txt", "fille", "unknown; mend its spelling or remove it, known are"),
        ("file: orders.txt\n", "", "file", "missing; add it"),
        ("file: orders.txt", "file: 7", "file", "7 is no text"),
        ("language: en", "langage: en", "article.langage", "unknown"),
        ("language: en, ", "", "article.language", "missing"),
        ("2025-03-12", '"2025-03-12"', "article.published_on", "write YYYY-MM-DD without quotes"),
        ("2025-03-12", "2025-02-30", "", "no valid YAML"),
        ("issuer: vnm-most", "isuer: vnm-most", "directives.d01.isuer", "unknown"),
        ("due_on: 2025-06-29", "due_on: in June", "directives.d01.due_on", "is no day"),
        ("[vnm-localities]", "vnm-localities", "directives.d01.addressees", "is no list of texts"),
        ("value: 45", "value: many", "indicators.i01.value", "is no number"),
        ("value: 45", "value: [1, 2, 3]", "indicators.i01.value", "the two ends of a range"),
        ("value: 45", "value: .inf", "indicators.i01.value", "is no number"),
        ("value: 45", "kind: past", "indicators.i01.kind", "take one of actual forecast target"),
        ("id: i01, ", "", "indicators number 1.id", "missing"),
        ("instruments: []\n", "instruments: []\nindicators: []\n", "line 12", "'indicators' is given twice"),
        ("instruments: []\n", "instruments: [\n", "line 6", "no valid YAML"),
        ("    issuer", "    id: d02\n    issuer", "line 8", "'id' is given twice"),
        ("    issuer", "    target: {goal: 3}\n    issuer", "directives.d01.target.goal", "unknown"),
        ("    issuer", "    target: three\n    issuer", "directives.d01.target", "holds no fields"),
        ("    issuer", "    optional: perhaps\n    issuer", "directives.d01.optional", "neither true nor false"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, old: str, new: str, place: str, message: str) -> None:
    assert old in ORDERS_LABEL
    with pytest.raises(LabelError) as error:
        read_label(write(tmp_path, ORDERS_LABEL.replace(old, new, 1)))
    assert error.value.place == place
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "", "holds no fields"),
        ("a: !!python/object/apply:os.system [true]", "line 1", "no valid YAML"),
        (FIGURES_LABEL.replace("directives: []", "directives: none"), "directives", "is no list"),
        (FIGURES_LABEL.replace("directives: []", "directives: [none]"), "directives number 1", "holds no fields"),
        (
            FIGURES_LABEL + '  - {id: i01, quote: "again", value: 61}\n',
            "indicators.i01.id",
            "given twice; rename one of them",
        ),
    ],
)
def test_what_is_no_label_file_is_told(tmp_path: Path, text: str, place: str, message: str) -> None:
    with pytest.raises(LabelError) as error:
        read_label(write(tmp_path, text))
    assert error.value.place == place
    assert message in str(error.value)


def test_brackets_without_end_are_told(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="no valid YAML"):
        read_label(write(tmp_path, "[" * 5000))


def test_bytes_that_are_no_text_and_files_that_are_gone_are_told(tmp_path: Path) -> None:
    path = tmp_path / "label.yaml"
    path.write_bytes(b"file: \xff")
    with pytest.raises(LabelError, match="is no UTF-8"):
        read_label(path)
    with pytest.raises(LabelError, match="cannot be read"):
        read_label(tmp_path / "none.yaml")
