"""Independent origins within a story: who wrote it themselves, and who copied or translated.

Only the sorting of one story's articles by origin belongs here.
"""

from collections import defaultdict
from collections.abc import Sequence

from dx_pipeline.stories.evidence import Bond, Reading
from dx_pipeline.stories.partition import Partition


def find_origins(members: Sequence[Reading], bonds: Sequence[Bond]) -> dict[str, str]:
    """Return each article's origin: the id of the earliest article of that origin.

    ``members`` are one story's articles, earliest first; ``bonds`` the evidence among them. Articles
    that share an address, a slug or their wording, or that one newsroom wrote in one language, have one
    origin. Equal numbers or images with other words of the same language and from another newsroom are an origin
    of their own. A text in another language is taken for a translation: the language that tells the
    story in the most independent ways gives the count, and each text of another language goes to the
    origin with which it shares most numbers. An unnamed newsroom is nobody's independent origin.
    """
    copies = _join_copies(members, bonds)
    groups: dict[str, list[Reading]] = defaultdict(list)
    for member in members:
        groups[copies.name(member.article_id)].append(member)
    anchors = _anchors(groups)
    nearest = _nearest_anchor(anchors, bonds, copies)
    first = {name: group[0].article_id for name, group in groups.items()}
    return {
        member.article_id: first[name if name in anchors else nearest.get(name, anchors[0])]
        for name, group in groups.items()
        for member in group
    }


def _join_copies(members: Sequence[Reading], bonds: Sequence[Bond]) -> Partition:
    copies = Partition([member.article_id for member in members])
    for bond in bonds:
        if bond.kind not in {"numbers", "image"}:
            copies.join(bond.left, bond.right)
    newsrooms: dict[tuple[str | None, str], str] = {}
    for member in members:
        if member.newsroom:
            copies.join(newsrooms.setdefault((member.language, member.newsroom), member.article_id), member.article_id)
    return copies


def _anchors(groups: dict[str, list[Reading]]) -> list[str]:
    """Return the groups that count as origins, earliest first; always at least one."""
    by_language: dict[str, list[str]] = defaultdict(list)
    for name, group in groups.items():
        if any(member.newsroom for member in group):
            for language in {member.language or "" for member in group}:
                by_language[language].append(name)
    most = max(by_language.values(), key=len, default=[])
    return most if len(most) > 1 else [next(iter(groups))]


def _nearest_anchor(anchors: list[str], bonds: Sequence[Bond], copies: Partition) -> dict[str, str]:
    """Return, for groups that share numbers with an anchor, the anchor with which they share most."""
    nearest: dict[str, tuple[float, str]] = {}
    for bond in bonds:
        left, right = copies.name(bond.left), copies.name(bond.right)
        for name, anchor in ((left, right), (right, left)):
            if anchor in anchors and bond.strength > nearest.get(name, (0.0, ""))[0]:
                nearest[name] = (bond.strength, anchor)
    return {name: anchor for name, (_, anchor) in nearest.items()}
