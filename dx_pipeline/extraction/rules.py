"""Rules of directives: patterns over a sentence's string of class letters, read from the catalogue.

A sentence becomes a string with one letter for each token, so that a rule is a short regular
expression that holds for every language (the cascade of FASTUS, as data).
"""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from dx_pipeline.specs import CatalogueError

LETTERS = {
    "actor": "A", "head": "H", "weak_actor": "a", "order": "V", "order_weak": "W", "passive": "P",
    "modal": "M", "future": "F", "bare": "B", "nominal": "O", "impersonal": "I", "verb": "v", "finite": "f",
    "marker": "k", "that": "t", "past": "p", "released": "z", "pluperfect": "q", "promise": "s", "relative": "r",
    "conjunction": "&",
    "connector": "c", "glue": "g", "adverb": "g", "told_modal": "m",
    "pronoun": "h", "with": "w", "aux": "u", "gerund": "j",
    "ending": "e", "role": "H", "foreign": "x", "period": "T", "number": "N", "instrument": "L", "document": "D",
    "number_word": "n", "word": "x",
}  # fmt: skip

# what a rule may ask for beside its pattern
NEEDS = frozenset(
    {
        "issuer", "passage", "start", "subordinate", "deadline", "subject", "subject_behind", "item", "said", "gap",
        "fronted", "limit", "named",
    }
)  # fmt: skip
_FIELDS = frozenset({"id", "pattern", "prior", "needs"})
_FILE = "rules/directives.toml"

# a list of bodies: the first may be weak ("bộ") only where another follows
RUN = "(?:[AH]|a(?=[,&gkLc]{0,6}[AHa]))(?:[,&gkc]{0,6}[AHa])*"
_VERB = re.compile(r"\(\?P<verb>((?:\(\?<=\w\)|[^()])+)\)")
_BODIES = frozenset("AHa")
_WITH = f"(?:,?w[gkc]{{0,3}}{RUN},?)?"  # "together with Y": who helps is no addressee


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveRule:
    """One way in which an order is put."""

    rule_id: str
    pattern: re.Pattern[str]
    prior: float
    needs: frozenset[str]
    verbs: frozenset[str]  # class letters of which one must be there: without them the pattern need not be sought
    names_bodies: bool  # whether the pattern asks for those who are told

    def may_match(self, present: Set[str]) -> bool:
        """Tell whether the pattern can be found among these class letters at all; it is cheap to ask."""
        return not self.verbs.isdisjoint(present) and (not self.names_bodies or not _BODIES.isdisjoint(present))


def read_directive_rules(table: Mapping[str, Any]) -> tuple[DirectiveRule, ...]:
    """Compile the rules of a ``[[rule]]`` table in order of precedence.

    ``{RUN}`` stands for a list of bodies, ``{WITH}`` for those who help.

    Raises:
        CatalogueError: where a rule lacks a field, has one that is unknown, or its pattern cannot be read.
    """
    entries = table.get("rule")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CatalogueError(f"{_FILE}: field 'rule' is missing or no list of tables; write [[rule]] above each")
    rules = tuple(_rule(entry) for entry in entries)
    for number, rule in enumerate(rules):
        if any(rule.rule_id == other.rule_id for other in rules[:number]):
            raise _error(rule.rule_id, "id", "given twice; rename one of them")
    return rules


def _rule(entry: Mapping[str, Any]) -> DirectiveRule:
    identifier = entry.get("id")
    for field in sorted(set(entry) - _FIELDS):
        raise _error(identifier, field, f"unknown; take one of {', '.join(sorted(_FIELDS))}")
    for field in ("id", "pattern"):
        if not isinstance(entry.get(field), str):
            raise _error(identifier, field, f'missing or no text; write {field} = "…"')
    field = "pattern"
    try:
        pattern = re.compile(entry["pattern"].replace("{RUN}", RUN).replace("{WITH}", _WITH))
        field = "prior"
        prior = float(entry["prior"])
    except (KeyError, TypeError, ValueError, re.error) as error:
        problem = "missing; add it" if isinstance(error, KeyError) else f"{error}; mend it"
        raise _error(identifier, field, problem) from error
    said = _VERB.search(entry["pattern"])
    if said is None:
        raise _error(identifier, "pattern", "has no group 'verb'; write (?P<verb>…) around what orders")
    return DirectiveRule(
        rule_id=entry["id"],
        pattern=pattern,
        prior=prior,
        needs=_needs(identifier, entry),
        verbs=frozenset(said.group(1)) & frozenset([*LETTERS.values(), ":"]),
        names_bodies="{RUN}"
        in entry["pattern"].replace("(?:w[gkc]{0,3}{RUN},?)?", "").replace("w[gkc]{0,3}{RUN},", ""),
    )


def _needs(identifier: object, entry: Mapping[str, Any]) -> frozenset[str]:
    needs = entry.get("needs", [])
    if not isinstance(needs, list):
        raise _error(identifier, "needs", f'{needs!r} is no list; write ["…"], [] where the rule needs nothing')
    for need in needs:
        if not isinstance(need, str) or need not in NEEDS:
            raise _error(identifier, "needs", f"{need!r} is unknown; take some of {', '.join(sorted(NEEDS))}")
    return frozenset(needs)


def _error(identifier: object, field: str, problem: str) -> CatalogueError:
    return CatalogueError(f"{_FILE}: rule {identifier!r}, field {field!r}: {problem}")
