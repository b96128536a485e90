"""Secrets in memory and at rest.

At rest: envelope encryption. Each shop has data keys, wrapped by the key-encryption key of the settings; a value is
AES-256-GCM under the shop's key with the row it belongs to as associated data, so a ciphertext moved to another
row, column or shop does not open. Format `v1.<key version>.<nonce>.<ciphertext>`, base64url.
"""

import base64
import os
from typing import final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.base import Base, ReadSession, WriteSession


@final
class Secret:
    """A text that never shows itself: `repr` and `str` are stars, msgspec refuses to encode it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself; call it where it is used, keep it nowhere."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a secret is not pickled")


class SealBroken(Exception):
    """A sealed value that does not belong to this row, or whose key is lost."""


class DataKey(Base):
    """A shop's data key, wrapped by the key-encryption key."""

    __tablename__ = "data_keys"
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    wrapped: Mapped[bytes]


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text_: str) -> bytes:
    return base64.urlsafe_b64decode(text_ + "=" * (-len(text_) % 4))


class Vault:
    """Seals and opens credentials for one installation."""

    def __init__(self, kek: Secret) -> None:
        self._kek = AESGCM(base64.b64decode(kek.reveal()))
        self._cache: dict[tuple[UUID, int], AESGCM] = {}

    def _unwrap(self, shop: UUID, version: int, wrapped: bytes) -> AESGCM:
        try:
            key = self._kek.decrypt(wrapped[:12], wrapped[12:], f"{shop}|data_keys|{version}".encode())
        except InvalidTag as error:
            raise SealBroken("the key-encryption key does not open this shop's data key") from error
        self._cache[shop, version] = AESGCM(key)
        return self._cache[shop, version]

    async def _key(self, session: ReadSession, version: int | None = None) -> tuple[int, AESGCM]:
        shop = session.shop_id
        if version is not None and (shop, version) in self._cache:
            return version, self._cache[shop, version]
        query = text(
            "SELECT version, wrapped FROM data_keys WHERE shop_id = :shop "
            "AND (CAST(:version AS int) IS NULL OR version = :version) ORDER BY version DESC LIMIT 1"
        )
        row = (await session.execute(query, {"shop": shop, "version": version})).one_or_none()
        if row is None:
            raise SealBroken("no data key for this shop")
        return row.version, self._unwrap(shop, row.version, row.wrapped)

    async def _ensure_key(self, session: WriteSession) -> tuple[int, AESGCM]:
        nonce = os.urandom(12)
        wrapped = nonce + self._kek.encrypt(nonce, AESGCM.generate_key(256), f"{session.shop_id}|data_keys|1".encode())
        await session.execute(
            text("INSERT INTO data_keys (shop_id, version, wrapped) VALUES (:shop, 1, :key) ON CONFLICT DO NOTHING"),
            {"shop": session.shop_id, "key": wrapped},
        )
        return await self._key(session)

    async def seal(self, session: WriteSession, table: str, column: str, row_id: UUID, plaintext: bytes) -> str:
        """`plaintext` under the shop's key, bound to its row."""
        version, key = await self._ensure_key(session)
        nonce = os.urandom(12)
        bound = f"{session.shop_id}|{table}|{column}|{row_id}|{version}".encode()
        return f"v1.{version}.{_b64(nonce)}.{_b64(key.encrypt(nonce, plaintext, bound))}"

    async def open(self, session: ReadSession, table: str, column: str, row_id: UUID, sealed: str) -> bytes:
        """The plaintext; raises SealBroken where the value was made for another row or its key is lost."""
        try:
            label, version_text, nonce, body = sealed.split(".")
            version, key = await self._key(session, int(version_text))
            bound = f"{session.shop_id}|{table}|{column}|{row_id}|{version}".encode()
            if label == "v1":
                return key.decrypt(_unb64(nonce), _unb64(body), bound)
        except (ValueError, InvalidTag) as error:
            raise SealBroken(f"{table}.{column} does not open for this row") from error
        raise SealBroken("unknown format")
