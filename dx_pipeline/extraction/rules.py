"""Rules of directives: patterns over a sentence's string of class letters, read from the catalogue.

A sentence becomes a string with one letter for each token, so that a rule is a short regular
expression that holds for every language (the cascade of FASTUS, as data).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dx_pipeline.specs import CatalogueError

LETTERS = {
    "actor": "A", "head": "H", "weak_actor": "a", "order": "V", "order_weak": "W", "passive": "P",
    "modal": "M", "future": "F", "bare": "B", "nominal": "O", "impersonal": "I", "verb": "v", "finite": "f",
    "marker": "k", "that": "t", "past": "p", "pluperfect": "q", "promise": "s", "relative": "r", "conjunction": "&",
    "connector": "c", "glue": "g", "adverb": "g", "pronoun": "h", "with": "w", "aux": "u", "gerund": "j",
    "ending": "e", "role": "H", "period": "T", "number": "N", "instrument": "L", "document": "D",
    "number_word": "n", "word": "x",
}  # fmt: skip

# a list of bodies: the first may be weak ("bộ") only where another follows
_RUN = "(?:[AH]|a(?=[,&gkLc]{0,6}[AHa]))(?:[,&gkc]{0,6}[AHa])*"
_GLUE = "[gkc,&]{0,6}"
_WITH = f"(?:,?w[gkc]{{0,3}}{_RUN},?)?"  # "together with Y": who helps is no addressee


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveRule:
    """One way in which an order is put."""

    rule_id: str
    pattern: re.Pattern[str]
    prior: float
    needs: frozenset[str]
    modality: str | None


def read_directive_rules(table: Mapping[str, Any]) -> tuple[DirectiveRule, ...]:
    """Compile the rules of a ``[[rule]]`` table in order of precedence.

    ``{RUN}`` stands for a list of bodies, ``{GLUE}`` for the small words between, ``{WITH}`` for those who help.

    Raises:
        CatalogueError: where a rule lacks a field or its pattern cannot be read.
    """
    rules = []
    for entry in table["rule"]:
        try:
            pattern = entry["pattern"].replace("{RUN}", _RUN).replace("{GLUE}", _GLUE).replace("{WITH}", _WITH)
            rules.append(
                DirectiveRule(
                    rule_id=entry["id"],
                    pattern=re.compile(pattern),
                    prior=float(entry["prior"]),
                    needs=frozenset(entry.get("needs", ())),
                    modality=entry.get("modality"),
                )
            )
        except (KeyError, re.error) as error:
            raise CatalogueError(f"rules/directives.toml, rule {entry.get('id')!r}: {error}; mend the rule") from error
    return tuple(rules)
