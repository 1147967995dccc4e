from typing import Any

import pytest

from dx_pipeline.extraction.rules import NEEDS, read_directive_rules
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError, read_toml

RULE: dict[str, Any] = {"id": "directive.x", "pattern": "(?P<addr>{RUN})(?P<verb>V)", "prior": 0.5, "needs": []}


def test_every_need_is_one_that_some_rule_has() -> None:
    rules = read_directive_rules(read_toml(CATALOGUE / "rules" / "directives.toml"))
    assert {need for rule in rules for need in rule.needs} == NEEDS


def test_a_rule_needs_nothing_where_it_says_nothing() -> None:
    (rule,) = read_directive_rules({"rule": [{key: value for key, value in RULE.items() if key != "needs"}]})
    assert (rule.rule_id, rule.prior, rule.needs) == ("directive.x", 0.5, frozenset())


@pytest.mark.parametrize(
    ("changed", "field", "remedy"),
    [
        ({"pattern": "("}, "pattern", "mend it"),
        ({"pattern": 7}, "pattern", "missing or no text; write pattern"),
        ({"prior": "much"}, "prior", "mend it"),
        ({"prior": [1]}, "prior", "mend it"),
        ({"needs": ["issuers"]}, "needs", "'issuers' is unknown; take some of deadline,"),
        ({"needs": [["issuer"]]}, "needs", "is unknown; take some of"),
        ({"needs": "issuer"}, "needs", "'issuer' is no list"),
        ({"need": ["issuer"]}, "need", "unknown; take one of id,"),
    ],
)
def test_a_wrong_field_is_told(changed: dict[str, Any], field: str, remedy: str) -> None:
    with pytest.raises(CatalogueError) as error:
        read_directive_rules({"rule": [RULE | changed]})
    assert str(error.value).startswith(f"rules/directives.toml: rule 'directive.x', field '{field}': ")
    assert remedy in str(error.value)


@pytest.mark.parametrize("field", ["id", "pattern", "prior"])
def test_a_missing_field_is_told(field: str) -> None:
    with pytest.raises(CatalogueError, match=f"field '{field}': missing"):
        read_directive_rules({"rule": [{key: value for key, value in RULE.items() if key != field}]})


@pytest.mark.parametrize("table", [{}, {"rule": 1}, {"rule": ["x"]}])
def test_what_is_no_list_of_rules_is_told(table: dict[str, Any]) -> None:
    with pytest.raises(CatalogueError, match=r"field 'rule' is missing or no list of tables; write \[\[rule\]\]"):
        read_directive_rules(table)


def test_two_rules_of_one_id_are_told() -> None:
    with pytest.raises(CatalogueError, match=r"rule 'directive\.x', field 'id': given twice"):
        read_directive_rules({"rule": [RULE, RULE]})
