"""Bodies: what a name stands for among the names beside it.

A list of short names, the offices of several provinces, a person who was introduced with an office, an office of
another country: tokens come in as the automaton found them and go out as who is meant.
"""

from collections.abc import Sequence

from dx_pipeline.extraction.lexicon import Language, Lexicon
from dx_pipeline.extraction.names import find_names
from dx_pipeline.extraction.tracks import Token, Track, is_office, outside, within

_COUNTRY_REACH = 24  # code points from an office to its country
_GAP = 6  # code points between two names of a list
_LONGEST_SHORT = 60  # code points in which the next name of a list lies
_LEAST_NAMES = 2  # one alone is a word like any other
_LISTED = "ministry"  # kind of body whose full name may lead a list of short ones
_BEHIND_NAMES = ("", " ", ",", ".", ";", ":", ")")


def add_persons(
    structure: Sequence[Token],
    cues: Track[Token],
    text: str,
    spans: Sequence[tuple[int, int]],
    lexicon: Lexicon,
    *,
    by_last: bool,
) -> list[Token]:
    """Put the office in place of a person who was introduced with it: "Mr. Chinh", ``by_last`` name "Chinh"."""
    track = Track(structure)
    told = [t for start, end in spans for t in within(track, start, end)]
    offices = [t for t in told if t.kind == "head" or (t.kind == "actor" and is_office(t, lexicon.organisations))]
    titles = [(cue.start, cue.end) for cue in cues if cue.kind == "speaker" and cue.value == "titles"]
    named = find_names(text, [(t.start, t.end) for t in offices], titles, spans, by_last=by_last)
    persons = [offices[index]._replace(start=start, end=end) for start, end, index in named]
    if not persons:
        return list(structure)
    bodies = [t for t in structure if t.kind in ("actor", "head", "instrument")]
    persons = outside(persons, bodies)
    return sorted([*outside(structure, persons), *persons], key=lambda t: t.start)


def is_foreign(token: Token, cues: Track[Token], folded: str, language: Language) -> bool:
    """Tell whether an office is another country's: "the Prime Minister of Japan", "the Japanese Prime Minister"."""
    if not cues or token.kind not in ("actor", "head", "role"):
        return False
    for cue in within(cues, token.start - _COUNTRY_REACH, token.end + 2 * _COUNTRY_REACH):
        if cue.value == "before" and cue.end + 1 == token.start:
            return True
        between = folded[token.end : cue.start]
        is_after = cue.value == "after" and token.end < cue.start
        if is_after and (not between.strip() or between.strip() in language.of_country):
            return True
    return False


def expand_lists(
    structure: Sequence[Token], cues: Track[Token], text: str, folded: str, lexicon: Lexicon
) -> list[Token]:
    """Put bodies in place of the short names in a list.

    A group leads it or ends it ("the Ministries of Health, Finance", "the health and finance ministries"), or one of
    them by its full name does ("the Ministry of Health, Finance and Justice", "Helse- og finansdepartementet").
    """
    shorts = _shorts(cues, lexicon)
    if not any(shorts.values()):
        return list(structure)
    joints = {t.start: t.end for t in structure if t.kind == "conjunction"}
    kept: list[Token] = []
    found: list[Token] = []
    end = 0
    for token in structure:
        if token.start < end:
            if token.kind == "conjunction" and not any(name.start <= token.start < name.end for name in found):
                kept.append(token)
            continue
        kind, is_one = _leads(token, lexicon)
        track = shorts.get(kind)
        found = _names(token.end, track, joints, folded, is_one=is_one) if track is not None else []
        if is_one:
            found = found if _is_list_of_names(found, text, folded) else []
            kept += [*_ahead_of(token, track, joints, folded), token, *found] if track is not None else [token]
        elif len(found) >= _LEAST_NAMES:
            kept += [found[0]._replace(start=token.start), *found[1:]]
        else:
            ahead = _ahead_of(token, track, joints, folded) if track is not None else []
            if len(ahead) >= _LEAST_NAMES:
                kept = [one for one in kept if one.end <= ahead[0].start or one.start in joints]
                kept += [*ahead[:-1], ahead[-1]._replace(end=token.end)]
            else:
                kept.append(token)
        end = found[-1].end if found and kept[-1] is found[-1] else end
    return sorted(kept)


def _shorts(cues: Track[Token], lexicon: Lexicon) -> dict[str, Track[Token]]:
    """The short names in a text, by the kind of body."""
    shorts = [cue for cue in cues if cue.kind == "short"]
    kinds = set(lexicon.country.kinds_in_lists.values())
    return {kind: Track(s for s in shorts if lexicon.organisations[s.value].kind == kind) for kind in kinds}


def _leads(token: Token, lexicon: Lexicon) -> tuple[str, bool]:
    """The kind of bodies whose short names a token may lead, and whether it is one of them itself."""
    group = lexicon.country.kinds_in_lists.get(token.value)
    if group is not None or token.kind != "actor":
        return group or "", False
    kind = lexicon.organisations[token.value].kind
    return (kind, True) if kind == _LISTED else ("", False)


def _is_list_of_names(found: Sequence[Token], text: str, folded: str) -> bool:
    """Whether short names behind a full one are names: in capitals, and no words of another name follow."""
    if not found or not all(text[name.start].isupper() for name in found):
        return False
    behind = text[found[-1].end : found[-1].end + 2].strip()
    return not behind[:1].isupper() and folded[found[-1].end : found[-1].end + 1] in _BEHIND_NAMES


def _ahead_of(token: Token, shorts: Track[Token], joints: dict[int, int], folded: str) -> list[Token]:
    """The bodies whose short names follow one another up to a place: "the health and finance ministries"."""
    found: list[Token] = []
    at = token.start
    while True:
        near = [s for s in within(shorts, at - _LONGEST_SHORT, at) if at - s.end <= _GAP and s.end <= at]
        is_first = not found and not any(s.end + 1 == at for s in near)
        fits = [s for s in near if _joins_ahead(s, at, joints, folded, is_first=is_first, has_found=bool(found))]
        if not fits:
            return found
        best = min(fits, key=lambda s: s.start)
        found.insert(0, best._replace(kind="actor"))
        at = best.start


def _joins_ahead(
    short: Token, at: int, joints: dict[int, int], folded: str, *, is_first: bool, has_found: bool
) -> bool:
    """Whether nothing but a blank or a joint stands between a short name and what it is listed with."""
    between = folded[short.end : at]
    if is_first:
        return folded[short.end - 1] == "-" and any(short.end <= joint < at for joint in joints)
    if not has_found:
        return between == " " and folded[short.end - 1] != "-"
    return _joins(short.end, at, joints, folded, is_first=False)


def expand_places(structure: Sequence[Token], folded: str, lexicon: Lexicon) -> list[Token]:
    """Put the offices of named provinces in place of all: "the chairmen of the provinces of Lào Cai, Sơn La"."""
    country = lexicon.country
    kept: list[Token] = []
    office, end = "", -1
    for token in structure:
        is_place = token.kind in ("actor", "weak_actor") and token.value.endswith(country.province_body)
        between = folded[end : token.start] if end >= 0 else "x"
        if office and is_place and not between.strip(" ,:"):
            if kept[-1].value in country.provincial_offices:
                token = token._replace(start=kept.pop().start)  # noqa: PLW2901
            stem = country.province_of(token.value)
            kept.append(token._replace(kind="actor", value=f"{stem}-{office}"))
            end = token.end
        else:
            kept.append(token)
            if office and token.kind == "conjunction" and not between.strip(" ,"):
                end = token.end
            else:
                is_group = token.kind == "actor"
                office, end = (country.provincial_offices.get(token.value, "") if is_group else ""), token.end
    return kept


def _names(at: int, shorts: Track[Token], joints: dict[int, int], folded: str, *, is_one: bool) -> list[Token]:
    """The bodies whose short names follow one another from a place on; behind ``is_one`` of them, a joint leads."""
    found: list[Token] = []
    while True:
        near = [short for short in within(shorts, at, at + _LONGEST_SHORT) if short.start - at <= _GAP]
        fits = [short for short in near if _joins(at, short.start, joints, folded, is_first=not (found or is_one))]
        if not fits:
            return found
        best = max(fits, key=lambda short: short.end)
        found.append(best._replace(kind="actor"))
        at = best.end


def _joins(low: int, high: int, joints: dict[int, int], folded: str, *, is_first: bool) -> bool:
    """Whether nothing but a joint stands between two names of a list, or between it and what leads it."""
    between = folded[low:high]
    if is_first:
        return between.strip() in ("", ":")
    joint = next((at for at in range(low, high) if at in joints), None)
    if joint is not None:
        between = folded[low:joint] + "," + folded[joints[joint] : high]
    return set(between) <= set(" ,&") and between.strip() != ""
