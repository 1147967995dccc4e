"""Content codings: bytes as they came to bytes as they were, never more of them than allowed.

Only unpacking belongs here.
"""

import zlib

_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS
_RAW = -zlib.MAX_WBITS
_CODINGS = {"": None, "identity": None, "gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}
_STEP_BYTES = 64 * 1024  # what one step may give, so that a small piece cannot fill the memory
_MAX_MEMBERS = 1_000  # members that hold nothing would cost time without an end


class CorruptError(ValueError):
    """The bytes are not in the coding that was declared, or the coding is none that was asked for."""


class IncompleteError(ValueError):
    """The bytes end before their coding does."""


class Inflater:
    """Unpacks a body piece by piece; once it is more than ``max_bytes``, ``full`` is set and the rest dropped.

    >>> import gzip
    >>> inflater = Inflater("gzip", 100)
    >>> inflater.feed(gzip.compress(b"text"))
    >>> inflater.finish()
    b'text'
    """

    def __init__(self, coding: str, max_bytes: int) -> None:
        """Raise CorruptError for a coding other than gzip, deflate and none."""
        coding = coding.strip().lower()
        if coding not in _CODINGS:
            raise CorruptError(f"content coding {coding[:40]!r} was not asked for")
        self.full = False
        self._window = _CODINGS[coding]
        self._member: zlib._Decompress | None = None
        self._members = 0
        self._pieces: list[bytes] = []
        self._size = 0
        self._max_bytes = max_bytes

    def feed(self, piece: bytes) -> None:
        """Take the next bytes.

        Raises:
            CorruptError: where they are not in their coding.
        """
        if self._window is None:
            self._keep(piece)
            return
        while piece and not self.full:
            if self._member is None or self._member.eof:
                if self._members:
                    piece = piece.lstrip(b"\0")  # some servers pad with zeros
                if piece:
                    self._begin_member(piece)
            if self._member is not None and piece:
                piece = self._inflate(self._member, piece)

    def finish(self) -> bytes:
        """Return the whole body.

        Raises:
            IncompleteError: where its coding has not ended.
        """
        if self._member is not None and not self._member.eof:
            raise IncompleteError("its compression has no end")
        return self.beginning()

    def beginning(self) -> bytes:
        """Return what was unpacked so far, at most ``max_bytes``."""
        return b"".join(self._pieces)[: self._max_bytes]

    def _begin_member(self, piece: bytes) -> None:
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise CorruptError(f"its compression has more than {_MAX_MEMBERS} parts")
        if self._window == _ZLIB and piece[0] & 0x0F != zlib.DEFLATED:
            self._window = _RAW  # many servers send deflate without the frame that the standard asks for
        self._member = zlib.decompressobj(self._window or _GZIP)

    def _inflate(self, member: "zlib._Decompress", piece: bytes) -> bytes:
        """Unpack until the piece or its member ends; return what comes after the member."""
        try:
            while not self.full:
                unpacked = member.decompress(piece, _STEP_BYTES)
                self._keep(unpacked)
                piece = member.unconsumed_tail
                if member.eof or (not piece and len(unpacked) < _STEP_BYTES):
                    break
        except zlib.error as error:
            raise CorruptError("its compression is corrupt") from error
        return member.unused_data

    def _keep(self, unpacked: bytes) -> None:
        if unpacked:
            self._pieces.append(unpacked)
            self._size += len(unpacked)
        self.full = self._size > self._max_bytes
