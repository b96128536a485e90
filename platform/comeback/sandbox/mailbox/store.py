"""The mails that arrived: bodies in append-only segment files, an index in memory, the oldest segment dropped whole."""

import itertools
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import msgspec

SEGMENT = 1_000
LIST_LIMIT = 500


class Envelope(msgspec.Struct, kw_only=True):
    """What SMTP said; `size` in bytes. `subject` and `shown_from` (headers) are filled in when first listed."""

    id: str
    sender: str
    recipients: list[str]
    received_at: float
    size: int
    segment: int = 0
    offset: int = 0
    subject: str | None = None
    shown_from: str | None = None


class MailStore:
    """Keeps the last `keep` mails, to the thousand. Survives a restart when `folder` is given."""

    def __init__(self, folder: Path | None, keep: int) -> None:
        self._temporary = None if folder else TemporaryDirectory(prefix="mailbox-")
        self._folder = folder or Path(self._temporary.name if self._temporary else "")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._keep = keep
        self._index: dict[str, Envelope] = {}
        self._by_recipient: dict[str, list[str]] = {}
        self._segments: dict[int, BinaryIO] = {}
        self._current = -1
        self._filled = 0
        self.received = 0
        self._load()

    def __len__(self) -> int:
        return len(self._index)

    def add(self, sender: str, recipients: list[str], body: bytes, received_at: float) -> Envelope:
        """One copy for all its recipients."""
        if self._current < 0 or self._filled >= SEGMENT:
            self._open(self._current + 1)
        self.received += 1
        envelope = Envelope(
            id=f"m{self.received:08d}",
            sender=sender,
            recipients=recipients,
            received_at=received_at,
            size=len(body),
        )
        file = self._segments[self._current]
        head = msgspec.json.encode(envelope)
        file.write(head + b"\n")
        envelope.segment, envelope.offset = self._current, file.tell()
        file.write(body)
        self._filled += 1
        self._remember(envelope)
        self._evict()
        return envelope

    def get(self, id_: str) -> Envelope | None:
        return self._index.get(id_)

    def raw(self, envelope: Envelope) -> bytes:
        """The message as it came, RFC 5322."""
        file = self._segments[envelope.segment]
        file.flush()
        with Path(file.name).open("rb") as reader:
            reader.seek(envelope.offset)
            return reader.read(envelope.size)

    def parsed(self, envelope: Envelope) -> EmailMessage:
        return message_from_bytes(self.raw(envelope), policy=policy.default)

    def find(self, to: str | None, limit: int = LIST_LIMIT) -> list[Envelope]:
        """Newest first; `to` is a whole address, in any case."""
        if to:
            ids = self._by_recipient.get(to.lower(), [])
            found = [self._index[id_] for id_ in reversed(ids) if id_ in self._index]
            return found[:limit]
        return [self._index[id_] for id_ in itertools.islice(reversed(self._index), limit)]

    def clear(self) -> None:
        for number in list(self._segments):
            self._drop(number)
        self._index.clear()
        self._by_recipient.clear()
        self._filled = SEGMENT

    def flush(self) -> None:
        if self._current in self._segments:
            self._segments[self._current].flush()

    def close(self) -> None:
        for file in self._segments.values():
            file.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    def _open(self, number: int) -> None:
        path = self._folder / f"{number:06d}.mail"
        self._segments[number] = path.open("a+b")
        self._current, self._filled = number, 0

    def _remember(self, envelope: Envelope) -> None:
        self._index[envelope.id] = envelope
        for address in envelope.recipients:
            self._by_recipient.setdefault(address.lower(), []).append(envelope.id)

    def _evict(self) -> None:
        while len(self._index) >= self._keep + SEGMENT:
            oldest = min(self._segments)
            self._drop(oldest)
            for id_ in [id_ for id_, envelope in self._index.items() if envelope.segment == oldest]:
                del self._index[id_]
            self._by_recipient = {
                address: kept
                for address, ids in self._by_recipient.items()
                if (kept := [id_ for id_ in ids if id_ in self._index])
            }

    def _drop(self, number: int) -> None:
        file = self._segments.pop(number)
        file.close()
        Path(file.name).unlink(missing_ok=True)

    def _load(self) -> None:
        for path in sorted(self._folder.glob("*.mail")):
            self._open(int(path.stem))
            file = self._segments[self._current]
            file.seek(0)
            while self._load_one(file):
                self._filled += 1
            file.seek(0, 2)

    def _load_one(self, file: BinaryIO) -> bool:
        """False at the end of the file; a mail cut short by a crash is cut off, since it was never accepted."""
        start = file.tell()
        head = file.readline()
        try:
            envelope = msgspec.json.decode(head, type=Envelope)
        except msgspec.MsgspecError:
            file.truncate(start)
            return False
        envelope.segment, envelope.offset = self._current, file.tell()
        file.seek(envelope.size, 1)
        if file.tell() > Path(file.name).stat().st_size:
            file.truncate(start)
            return False
        self._remember(envelope)
        self.received = max(self.received, int(envelope.id[1:]))
        return True
