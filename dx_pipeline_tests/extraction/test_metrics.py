"""Which metric's cue explains a stretch of text best."""

import pytest

from dx_pipeline.extraction.metrics import best_metric, compile_metrics
from dx_pipeline.registry import Metric


def metric(metric_id: str, unit: str | None, *cues: str) -> Metric:
    return Metric(
        metric_id=metric_id, unit=unit, better=None, publisher=None, source="", names={}, cues={"en": list(cues)}
    )


METRICS = compile_metrics(
    [
        metric("fibre", "percent", "fibre|optic & homes|households"),
        metric("online", "percent", "online", "online services"),
        metric("speed", "Mbps", "mobile"),
        metric("anything", None, "programme"),
        metric("silent", "percent"),
    ],
    "en",
)


def test_a_metric_without_cues_in_the_language_is_left_out() -> None:
    assert [cues.metric_id for cues in METRICS] == ["fibre", "online", "speed", "anything"]
    assert [cues.metric_id for cues in compile_metrics([metric("fibre", "percent", "fibre")], "vi")] == []


def test_cues_for_any_language_are_added() -> None:
    (cues,) = compile_metrics(
        [Metric(metric_id="m", unit=None, better=None, publisher=None, source="", names={}, cues={"any": ["EGDI"]})],
        "vi",
    )
    assert cues.terms == {"egdi"}


@pytest.mark.parametrize(
    ("found", "units", "metric_id"),
    [
        ({"optic", "homes"}, {"percent"}, "fibre"),
        ({"optic"}, {"percent"}, None),  # every part of a cue must be said
        ({"online", "online services"}, {"percent"}, "online"),
        ({"mobile"}, {"Mbps"}, "speed"),
        ({"mobile"}, {"percent"}, None),  # a share is no speed
        ({"mobile"}, {None}, None),  # nor is a bare number
        ({"programme"}, {"cards"}, "anything"),
        ({"programme"}, {None}, "anything"),
        ({"mobile"}, {"percent", "Mbps"}, "speed"),  # the number may be either
        (set(), {"percent"}, None),
    ],
)
def test_unit_and_every_term_must_fit(found: set[str], units: set[str | None], metric_id: str | None) -> None:
    best = best_metric(METRICS, found, units)
    assert (best[0] if best else None) == metric_id


def test_the_cue_that_explains_more_wins() -> None:
    best = best_metric(METRICS, {"online", "online services", "optic", "homes"}, {"percent"})
    assert best == ("online", len("online services"))
