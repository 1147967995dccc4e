import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dx_pipeline import registry
from dx_pipeline.schemas.facts import Instruments, Metrics, Organisations
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError

LANGUAGES = {pack.stem for pack in (CATALOGUE / "languages").glob("*.toml")}


def words(text: str) -> list[str]:
    return text.split()


# the ids that other tables and labels share; they may never change
SHARED_ORGANISATIONS = words("""
vnm-politburo vnm-secretariat vnm-general-secretary vnm-national-assembly vnm-government vnm-prime-minister
vnm-deputy-prime-minister vnm-government-office vnm-national-committee-dx vnm-central-steering-committee
vnm-government-steering-committee vnm-project-06-task-force
vnm-mic vnm-most vnm-mps vnm-mod vnm-moha vnm-moj vnm-mof vnm-mpi vnm-moit vnm-moh vnm-moet vnm-moc vnm-mae vnm-mofa
vnm-sbv vnm-nso vnm-vss
vnm-ministries vnm-agencies vnm-localities vnm-ministers vnm-sector-heads vnm-provincial-leaders vnm-agency-heads
vnm-telecom-businesses vnm-enterprises
vnm-nghe-an-peoples-committee vnm-nghe-an-chairman vnm-thanh-hoa-peoples-committee
un-desa itu world-bank wipo
""")
SHARED_INSTRUMENTS = words("""
vnm-project-06 vnm-national-dx-programme vnm-ncdx-action-plan-2024 vnm-resolution-57-nq-tw vnm-resolution-03-nq-cp
vnm-resolution-71-nq-cp vnm-decree-73-2019 vnm-decision-505-2022 vnm-law-electronic-transactions
vnm-law-telecommunications vnm-law-digital-technology-industry vnm-semiconductor-strategy vnm-notice-203-tb-vpcp
vnm-notice-56-tb-vpcp vnm-resolution-09-nghe-an vnm-plan-586-nghe-an vnm-plan-634-nghe-an
""")
SHARED_METRICS = words("""
un-egdi-rank un-egdi itu-gci-rank itu-gci-score itu-gci-tier wipo-gii-rank wb-gtmi digital-economy-share-of-gdp
gdp-growth internet-users-share household-fibre-share mobile-4g-coverage mobile-5g-coverage mobile-2g-subscriber-share
mobile-broadband-download-speed fixed-broadband-download-speed vnm-spectrum-auctioned vnm-national-databases
vnm-national-databases-in-use vnm-national-databases-deploying vnm-national-databases-planned
vnm-public-sector-databases vnm-ndxp-transactions vnm-open-data-plan-agencies vnm-online-services-full-process-share
vnm-online-applications-share vnm-eid-accounts-activated vnm-chip-id-cards vnm-digital-technology-enterprises
vnm-ict-industry-revenue vnm-cashless-payment-share vnm-tasks-assigned vnm-tasks-completed vnm-tasks-overdue
""")
SHARED_UNITS = words("""
percent rank points VND USD Mbps MHz persons databases transactions accounts cards enterprises tasks provinces
ministries agencies villages years procedures documents records days auctions towns teams minutes districts
""")


@pytest.fixture(scope="module")
def organisations() -> tuple[registry.Organisation, ...]:
    return registry.read_organisations(CATALOGUE)


@pytest.fixture(scope="module")
def instruments() -> tuple[registry.Instrument, ...]:
    return registry.read_instruments(CATALOGUE)


@pytest.fixture(scope="module")
def metrics() -> tuple[registry.Metric, ...]:
    return registry.read_metrics(CATALOGUE)


@pytest.fixture(scope="module")
def units() -> tuple[registry.Unit, ...]:
    return registry.read_units(CATALOGUE)


def test_shared_organisations_are_there_in_every_language(organisations: tuple[registry.Organisation, ...]) -> None:
    by_id = {organisation.organisation_id: organisation for organisation in organisations}
    assert [i for i in SHARED_ORGANISATIONS if i not in by_id or set(by_id[i].names) != LANGUAGES] == []


def test_shared_instruments_are_there_in_every_language(instruments: tuple[registry.Instrument, ...]) -> None:
    by_id = {instrument.instrument_id: instrument for instrument in instruments}
    assert [i for i in SHARED_INSTRUMENTS if i not in by_id or set(by_id[i].names) != LANGUAGES] == []


def test_shared_metrics_are_there(metrics: tuple[registry.Metric, ...]) -> None:
    assert set(SHARED_METRICS) <= {metric.metric_id for metric in metrics}


def test_shared_units_are_there_in_every_language(units: tuple[registry.Unit, ...]) -> None:
    by_id = {unit.unit_id: unit for unit in units}
    assert [i for i in SHARED_UNITS if i not in by_id or set(by_id[i].forms) != LANGUAGES] == []


def test_units_of_metrics_are_units_or_scales(
    metrics: tuple[registry.Metric, ...], units: tuple[registry.Unit, ...]
) -> None:
    assert {metric.unit for metric in metrics if metric.unit} <= {unit.unit_id for unit in units}


def test_publishers_of_metrics_are_organisations(
    metrics: tuple[registry.Metric, ...], organisations: tuple[registry.Organisation, ...]
) -> None:
    known = {organisation.organisation_id for organisation in organisations}
    assert {metric.publisher for metric in metrics if metric.publisher} <= known


def test_forms_of_units_are_in_lower_case(units: tuple[registry.Unit, ...]) -> None:
    assert [f for unit in units for forms in unit.forms.values() for f in forms if f != f.lower()] == []


def test_a_registered_document_without_an_id_of_its_own_is_named_by_kind_and_number(
    instruments: tuple[registry.Instrument, ...],
) -> None:
    plain = [instrument for instrument in instruments if ":" in instrument.instrument_id]
    assert plain
    assert [i.instrument_id for i in plain if i.instrument_id.split(":")[1] != i.number] == []


def test_numbers_of_documents_hold_the_year_of_their_date(instruments: tuple[registry.Instrument, ...]) -> None:
    """A decree's or law's number carries its year, so a slip in either shows."""
    years = [
        (int(match.group(1)), instrument)
        for instrument in instruments
        if instrument.number and instrument.date and (match := re.match(r"\d+/(\d{4})/", instrument.number))
    ]
    assert len(years) > 20
    assert [i.instrument_id for year, i in years if i.date is None or i.date.year != year] == []


def test_there_are_34_provinces_since_july_2025_and_63_before(
    organisations: tuple[registry.Organisation, ...],
) -> None:
    offices = [o for o in organisations if o.kind == "province"]
    assert len([o for o in offices if o.until is None]) == 34
    assert len([o for o in offices if (o.until or "9999") >= "2025-06-30"]) == 63
    assert all(re.fullmatch(r"VN-(\d\d|[A-Z]{2})", o.area or "") for o in offices)


def test_whoever_ends_with_the_provinces_names_one_that_goes_on(
    organisations: tuple[registry.Organisation, ...],
) -> None:
    by_id = {organisation.organisation_id: organisation for organisation in organisations}
    ended = [o for o in organisations if o.kind == "province" and o.until == "2025-06-30"]
    assert [o.organisation_id for o in ended if o.successor is None or by_id[o.successor].until is not None] == []


def test_an_office_of_a_province_has_the_provinces_names_put_into_its_patterns(
    organisations: tuple[registry.Organisation, ...],
) -> None:
    chairman = next(o for o in organisations if o.organisation_id == "vnm-nghe-an-chairman")
    assert "Chủ tịch UBND tỉnh Nghệ An" in chairman.names["vi"]
    assert "przewodniczącego Komitetu Ludowego Prowincji Nghe An" in chairman.forms["pl"]
    assert (chairman.acts, chairman.area, chairman.parent) == ("head", "VN-22", "vnm-nghe-an-peoples-committee")


def test_no_placeholder_is_left_in_a_spelling(organisations: tuple[registry.Organisation, ...]) -> None:
    spellings = (s for o in organisations for part in (o.names, o.forms, o.heads, o.weak) for s in part.values())
    assert [text for texts in spellings for text in texts if "{" in text or text != text.strip()] == []


def test_polish_names_of_ministries_are_inflected(organisations: tuple[registry.Organisation, ...]) -> None:
    ministries = [o for o in organisations if o.kind == "ministry" and o.area == "VNM"]
    assert len(ministries) > 15
    assert [o.organisation_id for o in ministries if len(o.forms.get("pl", ())) < 4] == []


def test_published_tables_pass_their_models(
    organisations: tuple[registry.Organisation, ...],
    instruments: tuple[registry.Instrument, ...],
    metrics: tuple[registry.Metric, ...],
) -> None:
    assert Organisations.validate(registry.organisations_frame(organisations)).height == len(organisations)
    assert Metrics.validate(registry.metrics_frame(metrics)).height == len(metrics)
    frame = Instruments.validate(registry.instruments_frame(instruments))
    assert frame.height == len(instruments)
    assert frame["mention_count"].sum() == 0


# reading of files that are wrong


OFFICES = """
[[office]]
id = "council"
kind = "assembly"
acts = "body"
[office.shire.names]
en = ["{name} Council", "Council of {name}"]
fr = ["Conseil de {name}"]
[office.shire.weak]
en = ["{name}"]

[[province]]
id = "north"
kind = "shire"
area = "XX-N"
until = "2020"
successor = "south"
source = "Gazette"
[province.names]
en = ["Northshire"]
[province.bare]

[[province]]
id = "south"
kind = "shire"
area = "XX-S"
source = "Gazette"
[province.names]
en = ["Southshire"]
fr = ["Sudcomté"]
"""

BODY = """
[[organisation]]
id = "{id}"
kind = "agency"
acts = "body"
source = "Gazette"
{more}
[organisation.names]
en = ["{name}"]
"""

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, text: str) -> Path:
        path = tmp_path / "registry" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return tmp_path

    write_file("provinces.toml", OFFICES)
    return write_file


def body(identifier: str, name: str, more: str = "") -> str:
    return BODY.format(id=identifier, name=name, more=more)


def test_provinces_take_english_spellings_where_a_language_has_none(write: Write) -> None:
    north, south = registry.read_organisations(write("organisations/a.toml", ""))
    assert north.names == {"en": ("Northshire Council", "Council of Northshire"), "fr": ("Conseil de Northshire",)}
    assert south.names["fr"] == ("Conseil de Sudcomté",)
    assert (north.successor, north.until, south.area) == ("vnm-south-council", "2020", "XX-S")
    assert (north.weak, south.weak) == ({}, {"en": ("Southshire",)})


def test_an_id_given_twice_is_refused_with_both_files(write: Write) -> None:
    write("organisations/a.toml", body("post", "Post"))
    with pytest.raises(CatalogueError, match=r"b\.toml: entry 'post', field 'id': given twice, first in .*a\.toml"):
        registry.read_organisations(write("organisations/b.toml", body("post", "Mail")))


@pytest.mark.parametrize("field", ["successor", "parent"])
def test_an_unknown_organisation_is_refused(write: Write, field: str) -> None:
    catalogue = write("organisations/a.toml", body("post", "Post", f'{field} = "mail"'))
    with pytest.raises(CatalogueError, match=f"entry 'post', field '{field}': 'mail' is no organisation"):
        registry.read_organisations(catalogue)


@pytest.mark.parametrize("spelling", ["Post Office", "POST  OFFICE"])
def test_a_spelling_of_two_organisations_is_refused_with_both(write: Write, spelling: str) -> None:
    catalogue = write("organisations/a.toml", body("one", "Post Office") + body("two", spelling))
    with pytest.raises(CatalogueError, match=r"entry 'one', field 'names\.en': 'post office' is claimed by 'two'"):
        registry.read_organisations(catalogue)


def test_a_spelling_may_pass_from_one_organisation_to_its_successor(write: Write) -> None:
    former = body("old", "Post Office", 'until = "2024-12"\nsuccessor = "new"')
    catalogue = write("organisations/a.toml", former + body("new", "Post Office", 'since = "2025"'))
    assert {o.organisation_id for o in registry.read_organisations(catalogue)} > {"old", "new"}
    overlapping = former + body("new", "Post Office", 'since = "2024-12-31"')
    with pytest.raises(CatalogueError, match="claimed by"):
        registry.read_organisations(write("organisations/a.toml", overlapping))


def test_a_spelling_may_be_shared_where_one_claims_it_weakly(write: Write) -> None:
    weak = body("two", "Second Post") + '[organisation.weak]\nen = ["Post"]\n'
    assert len(registry.read_organisations(write("organisations/a.toml", body("one", "Post") + weak))) == 4


@pytest.mark.parametrize("since", ["2025-13", "2025-02-30", "March 2025", "2025-00", "20250301"])
def test_a_date_that_is_none_is_refused(write: Write, since: str) -> None:
    catalogue = write("organisations/a.toml", body("post", "Post", f'since = "{since}"'))
    with pytest.raises(CatalogueError, match=r"a\.toml: entry 'post', field 'since'.*YYYY-MM"):
        registry.read_organisations(catalogue)


def test_an_end_before_the_beginning_is_refused(write: Write) -> None:
    catalogue = write("organisations/a.toml", body("post", "Post", 'since = "2025-03"\nuntil = "2025-02"'))
    with pytest.raises(CatalogueError, match="field 'until': '2025-02' lies before"):
        registry.read_organisations(catalogue)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ('[[organisation]]\nkind = "agency"', r"entry '\[\[organisation\]\] number 1', field 'id': missing"),
        (body("post", "Post").replace('source = "Gazette"', ""), "entry 'post', field 'source': missing"),
        (
            body("post", "Post").replace('"agency"', '"agenzy"'),
            "field 'kind': 'agenzy' is unknown; take one of agency,",
        ),
        (body("post", "Post").replace("en =", "fr ="), r"field 'names\.en': missing"),
        (body("post", "Post").replace('["Post"]', '"Post"'), r"field 'names\.en': no list of texts"),
        (body("post", "Post", "area = 7"), "field 'area': 7 is no text"),
        ("[organisation]\nid = 1", r"'organisation' is no array of tables; begin each entry with \[\[organisation\]\]"),
    ],
)
def test_a_wrong_field_is_named_with_its_remedy(write: Write, broken: str, message: str) -> None:
    with pytest.raises(CatalogueError, match=message):
        registry.read_organisations(write("organisations/a.toml", broken))


INSTRUMENT = (
    '[[instrument]]\nid = "{id}"\nkind = "decree"\nsource = "Gazette"\n{more}\n[instrument.names]\nen = ["{id}"]\n'
)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('issuer = "king"', "entry 'edict', field 'issuer': 'king' is no organisation"),
        ('date = "2024-05-06"', "entry 'edict', field 'date'.*without quotes"),
        ("date = 2024-05-06T10:00:00", "entry 'edict', field 'date'"),
        ('numbers = "7"', "entry 'edict', field 'numbers': no list of texts"),
    ],
)
def test_a_wrong_instrument_is_refused(write: Write, more: str, message: str) -> None:
    write("organisations/a.toml", body("post", "Post"))
    with pytest.raises(CatalogueError, match=message):
        registry.read_instruments(write("instruments.toml", INSTRUMENT.format(id="edict", more=more)))


def test_a_number_of_two_instruments_is_refused(write: Write) -> None:
    write("organisations/a.toml", body("post", "Post"))
    first, second = (INSTRUMENT.format(id=i, more='number = "7/DE"\nissuer = "post"') for i in ("edict", "other"))
    (instrument,) = registry.read_instruments(write("instruments.toml", first))
    assert (instrument.numbers, instrument.issuer, instrument.date) == (("7/DE",), "post", None)
    with pytest.raises(CatalogueError, match="entry 'edict', field 'numbers': '7/de' is claimed by 'other'"):
        registry.read_instruments(write("instruments.toml", first + second))


def test_a_form_of_two_units_is_refused(write: Write) -> None:
    unit = '[[unit]]\nid = "{}"\nkind = "count"\n[unit.forms]\nen = ["sheet", "{}"]\n'
    with pytest.raises(CatalogueError, match=r"entry 'pages', field 'forms\.en': 'sheet' is claimed by 'sheets'"):
        registry.read_units(write("units.toml", unit.format("pages", "page") + unit.format("sheets", "sheets")))


def test_a_metric_passes_its_cues_on_and_refuses_an_unknown_direction(write: Write) -> None:
    metric = (
        '[[metric]]\nid = "m"\nsource = "Gazette"\n{}\n[metric.names]\nen = ["M"]\n[metric.cues]\nen = ["a & b|c"]\n'
    )
    (read,) = registry.read_metrics(write("metrics.toml", metric.format("")))
    assert (dict(read.cues), read.better, read.unit) == ({"en": ["a & b|c"]}, None, None)
    with pytest.raises(CatalogueError, match="entry 'm', field 'better': 'up' is unknown; take one of higher, lower"):
        registry.read_metrics(write("metrics.toml", metric.format('better = "up"')))


UNIT = '[[unit]]\nid = "sheets"\nkind = "count"\n{}\n[unit.forms]\nen = ["sheet"]\n'
METRIC = '[[metric]]\nid = "m"\nsource = "Gazette"\n{}\n[metric.names]\nen = ["M"]\n'


def test_a_metric_is_measured_in_a_unit_of_the_registry(write: Write) -> None:
    write("units.toml", UNIT.format(""))
    (read,) = registry.read_metrics(write("metrics.toml", METRIC.format('unit = "sheets"')))
    assert read.unit == "sheets"
    with pytest.raises(
        CatalogueError, match=r"metrics\.toml: entry 'm', field 'unit': 'pages' is no unit of .*; add it"
    ):
        registry.read_metrics(write("metrics.toml", METRIC.format('unit = "pages"')))


def test_cues_that_are_no_lists_are_refused(write: Write) -> None:
    catalogue = write("metrics.toml", METRIC.format("") + '[metric.cues]\nen = "a & b"\n')
    with pytest.raises(CatalogueError, match=r"entry 'm', field 'cues\.en': no list of texts"):
        registry.read_metrics(catalogue)


UNKNOWN = "unknown; mend its spelling or remove it, known are "


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[office.shire.weak]", "[office.shire.weka]", f"entry 'council.shire', field 'weka': {UNKNOWN}forms,"),
        ("[office.shire.weak]", "[office.shires.weak]", f"entry 'council', field 'shires': {UNKNOWN}acts,"),
        ('acts = "body"', 'acts = "body"\nsince = "2020"', f"entry 'council', field 'since': {UNKNOWN}acts,"),
        ('fr = ["Conseil de {name}"]', 'fr = "Conseil de {name}"', r"field 'names\.fr': no list of texts"),
        ("[province.bare]", "[province.bear]", f"entry 'north', field 'bear': {UNKNOWN}area,"),
        ("[[office]]", "[[bureau]]\n[[office]]", "'bureau' is unknown here; begin each entry with"),
    ],
)
def test_a_wrong_pattern_of_offices_is_refused(write: Write, old: str, new: str, message: str) -> None:
    assert old in OFFICES
    with pytest.raises(CatalogueError, match=rf"provinces\.toml: .*{message}"):
        registry.read_organisations(write("provinces.toml", OFFICES.replace(old, new, 1)))
