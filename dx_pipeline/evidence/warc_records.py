"""The records of a WARC file, each whole or told to be damaged; what follows damage is read on.

Only the container belongs here: members, headers, lengths and digests. It is read without the usual library,
which takes a file that was cut for one that ends there. What a record holds is read by ``warc.py``.
"""

import base64
import hashlib
import os
import re
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

_GZIP = b"\x1f\x8b\x08"
_PIECE_BYTES = 256 * 1024
_HEADER_BYTES = 64 * 1024
_MEMBER_BYTES = 1024**3  # that a member may unpack to: longer ones are made to exhaust the reader
_BEGINNING = re.compile(rb"WARC/[01]\.\d{1,2}[ \t]{0,8}\r?\n")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(r"[0-9]{1,15}")
_DIGEST = re.compile(r"([a-z0-9-]{2,12}):([A-Za-z0-9+/=_-]{16,200})")
_TYPES = frozenset({"warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation"})
_DIGESTS = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})
_LINE_ENDS = b"\r\n"
_LINE_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A whole record: where it begins in the file, its named fields (names in lower case), its block."""

    offset: int
    fields: Mapping[str, str]
    block: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A record that cannot be read: ``outcome`` is one of ``OUTCOMES``.

    Its fields and the beginning of its block are there as far as they were legible.
    """

    offset: int
    outcome: str
    detail: str
    fields: Mapping[str, str] = field(default_factory=dict)
    beginning: bytes = b""


def read_records(path: Path, wanted: Collection[str], max_bytes: int) -> Iterator[Record | Damage]:
    """Yield the records of the wanted types, and every damage, in order of the file.

    The file may be packed, record by record or as a whole, or not. A block is checked against its
    length and its digest, a packed record against its checksum too. One block at a time is in memory.

    Args:
        path: the WARC file.
        wanted: record types in lower case; records of other types are passed over.
        max_bytes: a longer block is a ``too_large`` damage.

    Raises:
        OSError: where the file cannot be read.
    """
    with path.open("rb") as file:
        beginning = file.read(_LINE_BYTES)
        is_named_packed = path.name.lower().endswith(".gz") and not _BEGINNING.match(beginning)
        if beginning.startswith(_GZIP) or is_named_packed:
            yield from _read_packed(file, frozenset(wanted), max_bytes)
        else:
            yield from _Reader(_Plain(file), None, frozenset(wanted), max_bytes).read()


def _read_packed(file: BinaryIO, wanted: frozenset[str], max_bytes: int) -> Iterator[Record | Damage]:
    offset: int | None = 0
    while offset is not None:
        member = _Member(file, offset)
        yield from _Reader(member, offset, wanted, max_bytes).read()
        if member.end is None:
            offset = _next_member(file, offset + 1)
            continue
        file.seek(member.end)
        beginning = file.read(len(_GZIP))
        if beginning and beginning != _GZIP:
            detail = "what follows the record before is none; it was passed over up to the next one"
            yield Damage(offset=member.end, outcome="malformed", detail=detail)
            offset = _next_member(file, member.end)
        else:
            offset = member.end if beginning else None


def _next_member(file: BinaryIO, offset: int) -> int | None:
    """Find the next place where a packed record begins."""
    position = offset
    while True:
        file.seek(position)
        window = file.read(_PIECE_BYTES)
        start = window.find(_GZIP)
        while start >= 0:
            if _begins_record(file, position + start):
                return position + start
            start = window.find(_GZIP, start + 1)
        if len(window) < _PIECE_BYTES:
            return None
        position += len(window) - len(_GZIP) + 1


def _begins_record(file: BinaryIO, position: int) -> bool:
    file.seek(position)
    try:
        beginning = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(file.read(1024), 32)
    except zlib.error:
        return False
    return _BEGINNING.match(beginning) is not None


class _BrokenError(Exception):
    """What is packed cannot be unpacked any further; ``outcome`` says why."""

    def __init__(self, outcome: str, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome


class _Stream:
    """Bytes in order, of which those that are held can be looked at before they are taken.

    ``broken`` says why there are no more than those that are held, where that is not the end.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = bytearray()
        self.position = 0
        self.broken: _BrokenError | None = None

    def hold(self, count: int) -> bytearray:
        """Hold at least so many bytes, fewer only at the end, and return all that are held."""
        try:
            while len(self._held) < count and (piece := next(self._pieces, b"")):
                self._held += piece
        except _BrokenError as error:
            self.broken = error
        return self._held

    def demand_more(self) -> None:
        """Say why no more bytes can be had, where that is not the end.

        Raises:
            _BrokenError: where what is packed ended in damage.
        """
        if self.broken:
            raise self.broken

    def take(self, count: int) -> bytes:
        """Take so many bytes, fewer only at the end."""
        taken = bytes(self.hold(count)[:count])
        self._drop(len(taken))
        return taken

    def skip(self, count: int) -> int:
        """Pass over so many bytes and return over how many: fewer only at the end."""
        left = count
        while left and (passed := len(self.hold(1)[:left])):
            self._drop(passed)
            left -= passed
        return count - left

    def skip_line_ends(self) -> None:
        """Pass over the empty lines between two records."""
        while (held := self.hold(1)) and held[0] in _LINE_ENDS:
            self._drop(len(held) - len(held.lstrip(_LINE_ENDS)))

    def is_at_record(self) -> bool:
        """Return whether a record begins here."""
        return _BEGINNING.match(self.hold(_LINE_BYTES)) is not None

    def seek_record(self) -> bool:
        """Pass over at least one byte, up to the next beginning of a record, and return whether there is one."""
        while len(held := self.hold(_PIECE_BYTES)) > 1:
            found = _BEGINNING.search(held, 1)
            if found:
                self._drop(found.start())
                return True
            self._drop(max(len(held) - _LINE_BYTES, 1))
        self._drop(len(held))
        return False

    def may_end_after(self, length: int) -> bool:
        """Return whether a record may end so many bytes ahead, as far as that can be told without reading them."""
        return length >= 0

    def _drop(self, count: int) -> None:
        del self._held[:count]
        self.position += count


class _Plain(_Stream):
    """A file that is not packed: a wrong length is seen before anything is read by it."""

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        super().__init__(iter(lambda: file.read(_PIECE_BYTES), b""))
        self._file = file

    def may_end_after(self, length: int) -> bool:
        """Return whether the file or the next record begins so many bytes ahead."""
        here = self._file.tell()
        end = self._file.seek(0, os.SEEK_END)
        self._file.seek(self.position + length)
        following = self._file.read(_LINE_BYTES)
        self._file.seek(here)
        return self.position + length <= end and _is_parted(following)


class _Member(_Stream):
    """One packed member of a file; ``end`` is where it ends, once it was read to its end and found whole."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        super().__init__(self._unpack(file, offset))
        self.end: int | None = None

    def _unpack(self, file: BinaryIO, offset: int) -> Iterator[bytes]:
        file.seek(offset)
        unpacker, total = zlib.decompressobj(zlib.MAX_WBITS | 16), 0
        while not unpacker.eof:
            packed = unpacker.unconsumed_tail or file.read(_PIECE_BYTES)
            try:
                piece = unpacker.decompress(packed, _PIECE_BYTES)
            except zlib.error as error:
                raise _BrokenError("malformed", f"what is packed is damaged ({error})") from error
            total += len(piece)
            if total > _MEMBER_BYTES:
                raise _BrokenError("too_large", f"it unpacks to more than {_MEMBER_BYTES} bytes")
            if not (piece or packed or unpacker.eof):
                raise _BrokenError("truncated", "the file ends before it does")
            if unpacker.eof:
                self.end = file.tell() - len(unpacker.unused_data)
            if piece:
                yield piece


class _Reader:
    """The reading of one stream: a whole file that is not packed, or one packed member."""

    def __init__(self, stream: _Stream, base: int | None, wanted: frozenset[str], max_bytes: int) -> None:
        self._stream, self._base, self._wanted, self._max_bytes = stream, base, wanted, max_bytes
        self._offset, self._fields, self._beginning = base or 0, dict[str, str](), b""

    def read(self) -> Iterator[Record | Damage]:
        """Yield records and damages; where the packing is broken, the damage is the last."""
        told = False
        try:
            while True:
                self._stream.skip_line_ends()
                self._offset = self._stream.position if self._base is None else self._base
                self._fields, self._beginning = {}, b""
                if not self._stream.hold(1):
                    self._stream.demand_more()
                    return
                if not self._stream.is_at_record():
                    if not told:
                        yield self._damage("malformed", "what is here is no record")
                    if not self._stream.seek_record():
                        self._stream.demand_more()
                        return
                    self._offset = self._stream.position if self._base is None else self._base
                found = self._read_record()
                told = isinstance(found, Damage)
                if found:
                    yield found
        except _BrokenError as error:
            yield self._damage(error.outcome, str(error))

    def _read_record(self) -> Record | Damage | None:
        end = _HEADER_END.search(self._stream.hold(_HEADER_BYTES), 0, _HEADER_BYTES)
        if not end:
            self._stream.demand_more()
            self._stream.take(1)
            return self._damage("malformed", f"its header does not end within {_HEADER_BYTES} bytes")
        self._fields = parse_fields(self._stream.take(end.end()))
        declared, kind = self._fields.get("content-length", ""), self._fields.get("warc-type", "").lower()
        if not _LENGTH.fullmatch(declared):
            return self._damage("malformed", f"its Content-Length is {declared!r}")
        if kind not in _TYPES:
            return self._damage("malformed", f"its WARC-Type is {kind!r}")
        length = int(declared)
        if kind not in self._wanted:
            return self._pass_over(length)
        self._beginning = bytes(self._stream.hold(min(length, _HEADER_BYTES))[:length][:_HEADER_BYTES])
        if length > self._max_bytes:
            return self._pass_over(length) or self._damage(
                "too_large", f"its {length} bytes are more than {self._max_bytes}"
            )
        return self._read_block(length)

    def _read_block(self, length: int) -> Record | Damage:
        held = self._stream.hold(length + _LINE_BYTES)
        block, is_parted = bytes(held[:length]), _is_parted(held[length : length + _LINE_BYTES])
        self._stream.demand_more()  # the checksum stands behind the last byte
        is_right = matches(self._fields.get("warc-block-digest", ""), block)
        if len(block) < length or not (is_parted or is_right):
            return self._seek_next(length)
        self._stream.skip(length)
        if is_right is False:
            return self._damage("malformed", "its bytes are not those that its WARC-Block-Digest tells of")
        return Record(offset=self._offset, fields=self._fields, block=block)

    def _pass_over(self, length: int) -> Damage | None:
        """Pass over a block without holding it."""
        if not self._stream.may_end_after(length):
            return self._seek_next(length)
        passed = self._stream.skip(length)
        self._stream.hold(_LINE_BYTES)
        self._stream.demand_more()
        if passed < length:
            return self._damage("truncated", f"{passed} of its {length} bytes are there")
        if not _is_parted(self._stream.hold(_LINE_BYTES)[:_LINE_BYTES]):
            return self._damage("malformed", f"it does not end after its {length} bytes")
        return None

    def _seek_next(self, length: int) -> Damage:
        """Go on at the next record, because this one does not end where it says; the last of a file was cut."""
        start = self._stream.position
        if self._stream.seek_record() or self._stream.position - start >= length:
            return self._damage("malformed", f"it does not end after its {length} bytes")
        return self._damage("truncated", f"{self._stream.position - start} of its {length} bytes are there")

    def _damage(self, outcome: str, detail: str) -> Damage:
        return Damage(
            offset=self._offset, outcome=outcome, detail=detail, fields=self._fields, beginning=self._beginning
        )


def parse_fields(head: bytes) -> dict[str, str]:
    r"""Return the fields below a header's first line, with names in lower case; of a repeated one the first.

    >>> parse_fields(b"WARC/1.1\r\nWARC-Type: response\r\nX: a\r\n b\r\n\r\n")
    {'warc-type': 'response', 'x': 'a b'}
    """
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    fields: dict[str, str] = {}
    last = ""
    for line in text.replace("\r\n", "\n").split("\n")[1:]:
        if line[:1] in {" ", "\t"} and last:
            fields[last] = f"{fields[last]} {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        last = name.strip().lower() if colon else ""
        if last and last not in fields:
            fields[last] = value.strip()
        elif last:
            last = ""
    return fields


def matches(declared: str, content: bytes) -> bool | None:
    r"""Return whether a digest (``sha1:`` and hexadecimal, base 32 or 64) is that of these bytes.

    ``None`` for one of a kind that is not known: it says nothing.

    >>> matches("sha1:ADC83B19E793491B1C6EA0FD8B46CD9F32E592FC", b"\n")
    True
    >>> matches("sha1:ADC83B19E793491B1C6EA0FD8B46CD9F32E592FC", b"other")
    False
    """
    found = _DIGEST.fullmatch(declared.strip())
    if not found or found.group(1).lower() not in _DIGESTS:
        return None
    digest = hashlib.new(found.group(1).lower(), content, usedforsecurity=False).digest()
    value = found.group(2).rstrip("=")
    spellings = (
        (digest.hex(), value.lower()),
        (base64.b32encode(digest).decode().rstrip("="), value.upper()),
        (base64.b64encode(digest).decode().rstrip("="), value.replace("-", "+").replace("_", "/")),
    )
    comparable = [ours == theirs for ours, theirs in spellings if len(ours) == len(theirs)]
    return any(comparable) if comparable else None


def _is_parted(following: bytes | bytearray) -> bool:
    """Return whether what follows a block is the end, or the next record behind empty lines."""
    rest = following.lstrip(_LINE_ENDS)
    return not rest or (len(rest) < len(following) and _BEGINNING.match(rest) is not None)
