"""Folding of text for matching, one code point to one code point.

Every offset into folded text is an offset into the text itself; that is what lets a match found
in folded text be quoted from the original.
"""

import re
import unicodedata

_TYPOGRAPHY = str.maketrans(
    {
        "’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "‑": "-", "−": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ",
        "\u200b": " ", "\t": " ", "\r": " ", "\n": " ",
    }
)  # fmt: skip

# Vietnamese writes the tone of oa, oe, uy on either vowel; the newer place is taken as the norm.
_TONES = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa", "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe",
    "oẹ": "ọe", "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}  # fmt: skip
# after q the u belongs to the consonant (quý, quỳ); before a final consonant the place is fixed (hoàn)
_TONE = re.compile("(?<!q)(?:" + "|".join(_TONES) + r")(?!\w)")

_OTHER_DIGIT = re.compile(r"[^\D0-9]")  # full-width, Arabic and so on


def fold(text: str) -> str:
    """Lower-case a text and fold its quotes, dashes, blanks, digits and Vietnamese tone places, length kept.

    >>> fold("Thanh Hoá “A”")
    'thanh hóa "a"'
    >>> fold("１８ ٣")
    '18 3'
    >>> len(fold("İstanbul")) == len("İstanbul")
    True
    """
    lowered = text.lower()
    if lowered.isascii() and text.isascii():  # most phrases: no digit, tone or name to look for
        return lowered.translate(_TYPOGRAPHY)
    if len(lowered) != len(text):  # a few letters grow when lowered
        lowered = "".join(low if len(low := ch.lower()) == 1 else ch for ch in text)
    lowered = _OTHER_DIGIT.sub(lambda match: str(unicodedata.decimal(match.group())), lowered)
    folded = _TONE.sub(lambda match: _TONES[match.group()], lowered.translate(_TYPOGRAPHY))
    return folded.replace("việt nam", "viet nam")  # the one name that pages of every language print both ways
