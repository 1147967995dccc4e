"""The language of a document, told from its story alone.

The frame of a page is often in another language than its story, so that only the paragraphs that
tell the story count.
"""

import re
from collections.abc import Iterable

import pycld2

_TAGS = {"no": "nb", "nn": "nb", "iw": "he", "jw": "jv", "in": "id", "sr-ME": "sr", "zh-Hant": "zh-Hant"}
_MIN_CHARACTERS = 60
_MAX_CHARACTERS = 50_000
_MIN_PERCENT = 60
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]|https?://\S{1,2000}")


def detect_language(paragraphs: Iterable[str]) -> str | None:
    """Return the BCP 47 tag of the language that most of the text is in, or None where that is unsure.

    The detector (Compact Language Detector 2) weighs the paragraphs by their length. Norwegian is
    ``nb`` in either written form.

    >>> detect_language(["Regjeringen vil at alle kommuner skal ta i bruk den nye løsningen før sommeren."])
    'nb'
    >>> detect_language(["57-NQ/TW"]) is None
    True
    """
    text = _UNWANTED.sub(" ", "\n".join(paragraphs))[:_MAX_CHARACTERS]
    if len(text) < _MIN_CHARACTERS:
        return None
    try:
        reliable, _, details = pycld2.detect(text.encode("utf-8", "ignore"), isPlainText=True)
    except pycld2.error:  # an astral code point that its UTF-8 check refuses
        return None
    _, code, percent, _ = details[0]
    if not reliable or code == "un" or percent < _MIN_PERCENT:
        return None
    return str(_TAGS.get(code, code))


def is_detectable(tag: str) -> bool:
    """Tell whether a text can be found to be in a language, so that a pack for it is ever used.

    >>> is_detectable("nb"), is_detectable("no"), is_detectable("tlh-Piqd")
    (True, False, False)
    """
    return tag in {_TAGS.get(code, code) for _, code in pycld2.LANGUAGES}
