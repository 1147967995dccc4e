"""Sentences of a block, as spans; what ends one and what only looks like an end.

Abbreviations come from the language pack. Nothing is copied: spans point into the article's text.
"""

import re

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|\n+")
_LAST_WORD = re.compile(r"[^\s(\"'“«]+$")
_COUNTER = re.compile(r"[-–—•*+·(]? ?(?:\d{1,2}(?:\.\d{1,2}){0,2}|[IVX]{1,4}|[a-zđA-Z])[.)]")
_LONGEST_WORD = 40
_GOES_ON = re.compile(r"\s*(?:\d|[^\W\d_]{2,6}(?![^\W\d_]))")  # a figure, or a short word: an acronym where in capitals
_FEW_WORDS = 5
_LONGEST_SENTENCE = 3000  # code points; what is longer is a table or a defect, and is read in pieces


def split_sentences(text: str, start: int, end: int, abbreviations: frozenset[str]) -> list[tuple[int, int]]:
    """Return the spans of the sentences in ``text[start:end]``, blanks around them left out.

    A full stop ends no sentence after an abbreviation or a single capital, nor where the next word
    begins in lower case or the stop follows a number and a lower-case word comes ("1. juli"). An abbreviation
    that is listed with its stop may end a sentence, but not before a figure or an acronym, nor after a few
    words. What runs on for more than 3,000 code points is cut there, so that no reader meets a sentence
    without an end.

    >>> split_sentences("Den 1. juli 2025 kom nr. 7. Slutt.", 0, 34, frozenset({"nr"}))
    [(0, 27), (28, 34)]
    >>> text = "W 2024 r. było to w kraju 30 proc. PKB w skali 2024 r. Koniec."
    >>> [text[start:end] for start, end in split_sentences(text, 0, len(text), frozenset({"r.", "proc."}))]
    ['W 2024 r. było to w kraju 30 proc. PKB w skali 2024 r.', 'Koniec.']
    """
    spans: list[tuple[int, int]] = []
    at = start
    for match in _END.finditer(text, start, end):
        if "\n" not in match.group() and not _ends(text, match, start, end, abbreviations):
            continue
        if "\n" not in match.group() and _COUNTER.fullmatch(text[at : match.end()].lstrip()):
            continue  # "1. The Ministry of Health": the number counts what follows
        if _may_go_on(text, match, abbreviations) and len(text[at : match.start()].split()) <= _FEW_WORDS:
            continue
        _append(spans, text, at, match.end())
        at = match.end()
    _append(spans, text, at, end)
    return spans


def _ends(text: str, match: re.Match[str], start: int, end: int, abbreviations: frozenset[str]) -> bool:
    following = text[match.end() : min(match.end() + 4, end)].lstrip(" \t\u00a0\"'“«(-–")
    if following[:1].islower():
        return False
    if not match.group().startswith(".") or match.group().startswith(".."):
        return True
    word_match = _LAST_WORD.search(text, max(start, match.start() - _LONGEST_WORD), match.start())
    word = word_match.group() if word_match else ""
    if len(word) == 1 and word.isupper():  # an initial
        return False
    if word.lower() + "." in abbreviations and _is_figure_or_acronym(text, match.end(), end):
        return False
    return word.lower() not in abbreviations


def _may_go_on(text: str, match: re.Match[str], abbreviations: frozenset[str]) -> bool:
    """Whether a stop belongs to an abbreviation that may end a sentence and need not."""
    word = _LAST_WORD.search(text, max(0, match.start() - _LONGEST_WORD), match.start())
    return match.group() == "." and word is not None and word.group().lower() + "." in abbreviations


def _is_figure_or_acronym(text: str, start: int, end: int) -> bool:
    match = _GOES_ON.match(text, start, end)
    return match is not None and match.group().upper() == match.group()


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    pieces = range(start, end, _LONGEST_SENTENCE)
    spans.extend((piece, min(end, piece + _LONGEST_SENTENCE)) for piece in pieces)
