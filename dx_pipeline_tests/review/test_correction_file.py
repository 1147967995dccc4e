"""The file of corrections as people write it: good entries are rows, a bad one costs itself alone and is told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.review.correction_file import Reading, parse_pieces, read_corrections
from dx_pipeline.review.errors import CorrectionError
from dx_pipeline.schemas.operations import Quarantine
from dx_pipeline.schemas.review import CorrectionEntries
from dx_pipeline_tests.review.entries import HEADER, KNOWN

OTHER = HEADER.replace("0123456789abcdef", "fedcba9876543210")
AMENDED = HEADER.replace('"confirm"', '"amend"') + "[correction.fields]\n"


def reading(folder: Path, text: str) -> Reading:
    path = folder / "corrections.toml"
    path.write_bytes(text.encode())
    result = read_corrections(path, KNOWN, "r1")
    CorrectionEntries.validate(result.entries, lazy=True)
    Quarantine.validate(result.quarantine, lazy=True)
    return result


def test_no_file_is_no_correction(tmp_path: Path) -> None:
    result = read_corrections(tmp_path / "none.toml", KNOWN, "r1")
    assert result.entries.is_empty()
    assert result.quarantine.is_empty()


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(CorrectionError, match=r"none\.toml: the file of corrections is not there; restore it"):
        read_corrections(tmp_path / "none.toml", KNOWN, "r1", must_exist=True)


def test_entries_become_rows_in_their_order(tmp_path: Path) -> None:
    fields = 'due_on = 2025-05-31\naddressee_ids = ["vnm-mof"]\ntarget_value = 4\nissuer_id = ""\n'
    entries = reading(tmp_path, f"# ours\n{OTHER}\n{AMENDED}{fields}").entries
    assert entries["position"].to_list() == [1, 2]
    assert entries["place"].to_list() == [
        f"{tmp_path}/corrections.toml: correction 1 (line 2)",
        f"{tmp_path}/corrections.toml: correction 2 (line 9)",
    ]
    assert entries["kind"].to_list() == [None, "directive"]
    assert entries["fields"].to_list() == [
        None,
        '{"addressee_ids": ["vnm-mof"], "due_on": "2025-05-31", "issuer_id": null, "target_value": 4.0}',
    ]


def test_an_id_depends_on_what_is_said_alone(tmp_path: Path) -> None:
    one = reading(tmp_path, f"{HEADER}\n{OTHER}").entries
    two = reading(tmp_path, f"# a remark\n\n{OTHER}quote = 'words'\n\n{HEADER}").entries
    assert one["correction_id"].to_list() == two["correction_id"].reverse().to_list()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"N. Ha"', '""', "field 'author': '' is no text; write it between quotes"),
        ('author = "N. Ha"\n', "", "field 'author': missing; add author ="),
        ('reason = "read in the gazette"\n', "", "field 'reason': missing; add reason ="),
        ("2026-11-25", '"2026-11-25"', "field 'decided_on': missing or no day; write decided_on = YYYY-MM-DD"),
        ("2026-11-25", "2026-11-25T10:00:00", "field 'decided_on': missing or no day"),
        ('"confirm"', '"approve"', "field 'decision': 'approve' is unknown; take one of amend, confirm, reject"),
        ("men-0123456789abcdef", "art-0123456789abcdef", "'art-0123456789abcdef' is no id of a statement"),
        ("author =", "autor =", "field 'autor': unknown; mend its spelling or remove it, known are mention_id, kind"),
        ('"confirm"', '"confirm"\nkind = ["directive"]', "field 'kind': ['directive'] is no text"),
        ('"confirm"', '"confirm"\nkind = "event"', "field 'kind': 'event' is unknown; take one of"),
        ('"confirm"', '"amend"', "field 'fields': missing; add [correction.fields]"),
        ("N. Ha", "N.\\u001b[31m Ha", "field 'author': holds control characters; remove them"),
    ],
)
def test_a_bad_entry_is_told_with_place_field_and_remedy(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in HEADER
    result = reading(tmp_path, f"{OTHER}\n{HEADER.replace(old, new)}")
    assert result.entries["mention_id"].to_list() == ["men-fedcba9876543210"]
    place = f"{tmp_path}/corrections.toml: correction 2 (line 8)"
    details = result.quarantine["detail"].to_list()
    assert any(detail.startswith(place) and told in detail for detail in details), details
    assert set(result.quarantine["table_name"]) == {"corrections"}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ("quote = 'x'", "field 'fields.quote': cannot be set: where a statement stands"),
        ("confidence = 1.0", "field 'fields.confidence': cannot be set"),
        ("deadline = 2025-05-31", "field 'fields.deadline': unknown; mend its spelling or remove it, known are action"),
        ("due_on = '2025-05-31'", "field 'fields.due_on': '2025-05-31' is no day; write YYYY-MM-DD"),
        ("due_edtf = 'May'", "field 'fields.due_edtf': 'May' is no period; write 2024, 2024-H1"),
        ("due_edtf = '2025-13'", "field 'fields.due_edtf': '2025-13' is no period"),
        ("period = '2025/2024'", "field 'fields.period': '2025/2024' is no period"),
        ("issuer_id = 'nobody'", "field 'fields.issuer_id': 'nobody' is no organisation of the registry"),
        ("addressee_ids = ['nobody']", "'nobody' is no organisation of the registry; take an id"),
        ("addressee_ids = 'vnm-mof'", "'vnm-mof' is no list of texts"),
        ("metric_id = 'happiness'", "'happiness' is no metric of the registry; take an id of the table metrics"),
        ("target_metric_id = 'happiness'", "'happiness' is no metric of the registry"),
        ("instrument_ids = ['a law']", "'a law' is no id of the table instruments; take one, or write kind:number"),
        ("value = '4'", "'4' is no number; write it without quotes"),
        ("value = true", "True is no number"),
        ("value = nan", "nan is no number that can be compared"),
        ("modality = ''", "field 'fields.modality': cannot be empty"),
        ("area = 'Hanoi'", "'Hanoi' is no ISO 3166 code; write VNM"),
        ("recurrence = 'monthly'", "'monthly' is no repeating interval; write R/P1Y"),
        ("value = 4\ndue_on = 2025-05-31", "some are of a directive and some of an indicator; make two entries"),
    ],
)
def test_a_bad_value_is_told(tmp_path: Path, fields: str, told: str) -> None:
    result = reading(tmp_path, f"{AMENDED}{fields}\n\n{OTHER}")
    assert result.entries["mention_id"].to_list() == ["men-fedcba9876543210"]
    assert told in result.quarantine["detail"][0]


def test_only_an_amendment_sets_columns(tmp_path: Path) -> None:
    result = reading(tmp_path, f"{HEADER}[correction.fields]\ndue_on = 2025-05-31\n")
    assert "only an amendment sets columns" in result.quarantine["detail"][0]


def test_what_is_said_twice_holds_once(tmp_path: Path) -> None:
    result = reading(tmp_path, f"{HEADER}\n{HEADER}")
    assert result.entries.height == 1
    assert "says the same as correction 1; remove one of the two" in result.quarantine["detail"][0]


@pytest.mark.parametrize("slip", ['reason = "no end\n', "decided_on = 2026-11-31\n", 'author = "again"\n', "[[[\n"])
def test_broken_toml_costs_one_entry(tmp_path: Path, slip: str) -> None:
    third = HEADER.replace("0123456789abcdef", "0" * 16)
    result = reading(tmp_path, f"{HEADER}\n{OTHER}{slip}\n{third}")
    assert result.entries["mention_id"].to_list() == ["men-0123456789abcdef", "men-0000000000000000"]
    (detail,) = result.quarantine["detail"]
    assert detail.startswith(f"{tmp_path}/corrections.toml: correction 2 (line 8): no valid TOML (")
    assert "fedcba9876543210" in result.quarantine["row"][0]


@pytest.mark.parametrize(
    "text", ["[[corrections]]\nmention_id = 'x'\n", "[correction]\nmention_id = 'x'\n", "correction = 4\n", "{]\n"]
)
def test_what_is_no_entry_is_told(tmp_path: Path, text: str) -> None:
    result = reading(tmp_path, text)
    assert result.entries.is_empty()
    assert "corrections.toml: outside of any entry: " in result.quarantine["detail"][0]


@pytest.mark.parametrize("text", [HEADER.replace("\n", "\r\n"), "\ufeff" + HEADER])
def test_files_of_other_editors_are_read(tmp_path: Path, text: str) -> None:
    assert reading(tmp_path, text).entries.height == 1


def test_what_cannot_be_read_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n")
    with pytest.raises(CorrectionError, match="is not in UTF-8"):
        read_corrections(tmp_path / "latin.toml", KNOWN, "r1")
    with pytest.raises(CorrectionError, match="make it a readable file"):
        read_corrections(tmp_path, KNOWN, "r1")


_WORDS = st.sampled_from(
    ["[[correction]]", "[correction.fields]", "\n", "=", '"', "'''", "mention_id", "fields", "due_on", "[[", "]", "{",
     "0x" + "f" * 5000, "2025-05-31", "[" * 2000, "kind", "amend", "#", "\r\n"]
)  # fmt: skip


@given(st.lists(_WORDS | st.text(max_size=5), max_size=20).map("".join))
def test_no_text_breaks_the_reading(text: str) -> None:
    for piece in parse_pieces(text):
        assert piece.problem or isinstance(piece.table, dict)


@given(
    st.dictionaries(
        st.sampled_from(["mention_id", "kind", "decision", "author", "decided_on", "reason", "fields", "quote", "x"]),
        st.sampled_from(["1", "-1.5", "true", '""', '"amend"', "[1]", "{due_on = 1}", "2025-01-01", "inf", "[[]]"]),
    )
)
def test_no_entry_breaks_the_reading(tmp_path_factory: pytest.TempPathFactory, entry: dict[str, str]) -> None:
    text = "[[correction]]\n" + "\n".join(f"{key} = {value}" for key, value in entry.items())
    result = reading(tmp_path_factory.mktemp("any"), text)
    assert result.entries.is_empty()
    assert result.quarantine.height
