"""Tasks: which statements of one story order the same thing.

Only the grouping of directive statements belongs here; what a group then says is settled in
``directives``.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby

from dx_pipeline.facts.alignment import align_in_order, pair_best
from dx_pipeline.facts.statements import Row, fill

_WORD = re.compile(r"\w+")
_REPEATED = (0.7, 0.5)  # containment and Jaccard of words: one article says it twice
_REWORDED = (0.6, 0.35)  # the same in two articles of one language
_COGNATE_LETTERS = 4  # words that begin alike in two languages: M. Simard, G. Foster and P. Isabelle (1992)
_NAMING_LETTERS = 7  # a word as long as that names a thing: "strategy", "database"
_LONGEST_TRANSLATION = 2.5  # times the length of the shorter action


@dataclass(frozen=True, slots=True)
class Task:
    """One task as one article or language states it: its statements and what they say together."""

    told: tuple[Row, ...]
    issuer: str | None
    addressees: frozenset[str]
    due: str | None
    target: tuple[object, ...] | None
    instruments: frozenset[str]
    words: frozenset[str]
    numbers: frozenset[str]
    cognates: frozenset[str]
    length: int


def group_tasks(told: Sequence[Row]) -> list[list[Row]]:
    """Return one story's directive statements grouped by task, in the order told.

    ``told`` holds ``DirectiveCandidates`` rows in the order told. Within an article only repeats
    merge: almost the same words and nothing that contradicts. Within a language each article's
    tasks are paired with those known by their words. Across languages, where words cannot be
    compared, tasks are aligned in the order of the text by who orders whom, deadline, goal,
    documents, numbers, cognates and length; two contradicting deadlines are one
    task only where more than that agrees.
    """
    known: list[Task] = []
    for language in dict.fromkeys(row["language"] for row in told):
        tasks = _tasks_of_language([row for row in told if row["language"] == language])
        known = [
            _merge([side[place] for side, place in ((known, i), (tasks, j)) if place is not None])
            for i, j in align_in_order(known, tasks, _score_translation)
        ]
    place = {row["mention_id"]: n for n, row in enumerate(told)}
    groups = [sorted(task.told, key=lambda row: place[row["mention_id"]]) for task in known]
    return sorted(groups, key=lambda group: place[group[0]["mention_id"]])


def _tasks_of_language(told: Sequence[Row]) -> list[Task]:
    known: list[Task] = []
    for _, article in groupby(told, key=lambda row: row["article_id"]):
        tasks = _tasks_of_article(article)
        pairs = pair_best(known, tasks, _score_rewording)
        met = {place: _merge([known[place], tasks[j]]) for j, place in pairs.items()}
        known = [met.get(place, task) for place, task in enumerate(known)]
        known.extend(task for j, task in enumerate(tasks) if j not in pairs)
    return known


def _tasks_of_article(told: Iterable[Row]) -> list[Task]:
    tasks: list[Task] = []
    for row in told:
        said = _task([row])
        place = next((n for n, task in enumerate(tasks) if _repeats(task, said)), None)
        if place is None:
            tasks.append(said)
        else:
            tasks[place] = _merge([tasks[place], said])
    return tasks


def _repeats(task: Task, said: Task) -> bool:
    return (
        _alike(task, said, _REPEATED)
        and _agree(task.issuer, said.issuer)
        and _agree(task.due, said.due)
        and _agree(task.target, said.target)
        and _nested(task.addressees, said.addressees)
    )


def _score_rewording(known: Task, said: Task) -> float | None:
    """Score two tasks of one language; a deadline may differ only where the words are almost the same."""
    dated = _agree(known.due, said.due) and _agree(known.target, said.target)
    if not _alike(known, said, _REWORDED if dated else _REPEATED) and not _same_day(known, said):
        return None
    if not (_agree(known.issuer, said.issuer) and _nested(known.addressees, said.addressees)):
        return None
    return len(known.words & said.words) / len(known.words | said.words) + _field_score(known, said)


def _same_day(known: Task, said: Task) -> bool:
    """Whether the same are to do something by the same day, and both name one thing, in whatever words."""
    stated = known.due is not None and known.due == said.due and bool(known.addressees)
    named = {word for word in known.words & said.words if len(word) >= _NAMING_LETTERS and not word.isdecimal()}
    return stated and known.addressees == said.addressees and _agree(known.target, said.target) and bool(named)


def _score_translation(known: Task, said: Task) -> float | None:
    """Score two tasks of different languages; above 0 they may be one task."""
    lengths = sorted((known.length, said.length))
    if lengths[1] > _LONGEST_TRANSLATION * lengths[0]:
        return None
    if not (_agree(known.issuer, said.issuer) and _nested(known.addressees, said.addressees)):
        return None
    closeness = 0.5 - 0.5 * math.log(lengths[1] / lengths[0])
    score = 0.5 + closeness + _field_score(known, said) + _number_score(known.numbers, said.numbers)
    score += 2 * len(known.cognates & said.cognates) / (len(known.cognates) + len(said.cognates) or 1)
    return score if score > 0 else None


def _field_score(known: Task, said: Task) -> float:
    """Weigh agreement and contradiction of the stated fields; what one leaves open counts nothing."""
    return (
        _weigh(known.due, said.due, 2.0, -3.5)
        + _weigh(known.target, said.target, 2.0, -3.5)
        + _weigh_sets(known.addressees, said.addressees)
        + _weigh_sets(known.instruments, said.instruments)
        + _weigh(known.issuer, said.issuer, 0.5, 0.0)
    )


def _weigh(known: object, said: object, agreement: float, contradiction: float) -> float:
    if not known or not said:
        return 0.0
    return agreement if known == said else contradiction


def _weigh_sets(known: AbstractSet[str], said: AbstractSet[str]) -> float:
    if not known or not said:
        return 0.0
    return len(known & said) / len(known | said) if known & said else -1.0


def _number_score(known: AbstractSet[str], said: AbstractSet[str]) -> float:
    if known - said and said - known:
        return -1.0
    return min(1.0, 0.5 * len(known & said))


def _alike(one: Task, other: Task, bounds: tuple[float, float]) -> bool:
    """Whether two actions share enough words, and neither names numbers that the other replaces."""
    if not one.words or not other.words:
        return False
    if one.numbers - other.numbers and other.numbers - one.numbers:
        return False
    shared = len(one.words & other.words)
    containment = shared / min(len(one.words), len(other.words))
    return containment >= bounds[0] and shared / len(one.words | other.words) >= bounds[1]


def _agree(one: object, other: object) -> bool:
    return one is None or other is None or one == other


def _nested(one: AbstractSet[str], other: AbstractSet[str]) -> bool:
    return one <= other or other <= one


def _merge(tasks: Sequence[Task]) -> Task:
    """Join the statements of tasks; the words compared stay those of the first."""
    if len(tasks) == 1:
        return tasks[0]
    return _task([row for task in tasks for row in task.told])


def _task(told: Sequence[Row]) -> Task:
    target = fill(told, "target_metric_id", "target_value", "target_change")
    due = fill(told, "due_on", "recurrence")
    words = frozenset(_WORD.findall(told[0]["action"].casefold()))
    return Task(
        told=tuple(told),
        issuer=fill(told, "issuer_id")["issuer_id"],
        addressees=frozenset(fill(told, "addressee_ids")["addressee_ids"]),
        due=str(due["due_on"] or due["recurrence"] or "") or None,
        target=tuple(target.values()) if any(value is not None for value in target.values()) else None,
        instruments=frozenset(name for row in told for name in row["instrument_ids"]),
        words=words,
        numbers=frozenset(word for word in words if word.isdecimal()),
        cognates=frozenset(_fold(word)[:_COGNATE_LETTERS] for word in words if len(word) >= _COGNATE_LETTERS),
        length=max(1, len(told[0]["action"])),
    )


def _fold(word: str) -> str:
    """Drop the accents, which languages put differently on words of one root."""
    return "".join(mark for mark in unicodedata.normalize("NFD", word) if not unicodedata.combining(mark))
