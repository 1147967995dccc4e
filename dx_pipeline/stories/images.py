"""Images as evidence: translations keep the photographs of their original under the names of its files.

Only the reading and telling apart of file names belongs here.
"""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

_LONGEST_TEXT = 200_000  # code points
_LONGEST_NAME = 120
_FILE = re.compile(r"(?<![\w/.-])[\w-]{4,110}\.(?:jpe?g|png|webp|gif|avif)(?![\w.])", re.IGNORECASE)
_SIZE = re.compile(r"[-_]\d{2,4}x\d{2,4}$|[-_](?:thumb|small|large|scaled|copy)$")
_EVERYWHERE = re.compile(r"logo|icon|avatar|banner|default|placeholder|qr-?code|zalo|facebook")


def read_images(text: str, addresses: Iterable[str] = ()) -> frozenset[str]:
    r"""Return the names of image files that a text prints or that it was found with, where they tell one image.

    ``addresses`` are those of the article's pictures, where they are known. A name of a few letters or digits
    ("5.jpg") is nobody's own, and a house's signs stand under every text.

    >>> sorted(read_images("bna_IMG_4810.jpg\nThe hall. 5.jpg", ["https://a.example/2024/bna_img_4777-768x512.jpg"]))
    ['bna_img_4777', 'bna_img_4810']
    """
    names = [*_FILE.findall(text[:_LONGEST_TEXT]), *(PurePosixPath(one.partition("?")[0]).name for one in addresses)]
    return frozenset(name for printed in names if (name := _own_name(printed)) is not None)


def _own_name(printed: str) -> str | None:
    if len(printed) > _LONGEST_NAME:
        return None
    name = _SIZE.sub("", PurePosixPath(printed).stem.casefold())
    digits, letters = sum(map(str.isdigit, name)), sum(map(str.isalpha, name))
    if _EVERYWHERE.search(name) or len(name) < 6:
        return None
    words = len([word for word in re.split(r"[-_]", name) if word])
    return name if digits >= 4 or words >= 3 or (digits >= 1 and letters >= 8) else None
