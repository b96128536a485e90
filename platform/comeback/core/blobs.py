"""Blobs: labels, photos, images. A folder locally; the interface is what an object store needs."""

import asyncio
import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import Protocol
from uuid import UUID

_SAFE = re.compile(r"[^a-z0-9._-]+")


class Blobs(Protocol):
    """Where binary data lies. A key starts with its shop and is never guessable from outside."""

    async def put(self, shop_id: UUID, name: str, data: bytes, content_type: str) -> str:
        """Stores and answers the key; the same data under the same name gives the same key."""
        ...

    async def get(self, shop_id: UUID, key: str) -> bytes:
        """The data; raises KeyError where it is not this shop's or gone."""
        ...


class FolderBlobs:
    """Blobs in a folder: `<shop>/<first two>/<hash>-<name>`; written beside and renamed, so never half."""

    def __init__(self, root: str | Path) -> None:
        self._root = Path(root)

    def _path(self, shop_id: UUID, key: str) -> Path:
        path = (self._root / key).resolve()
        if not path.is_relative_to((self._root / str(shop_id)).resolve()):
            raise KeyError(key)
        return path

    async def put(self, shop_id: UUID, name: str, data: bytes, content_type: str) -> str:
        """See Blobs.put."""
        digest = hashlib.sha256(data).hexdigest()[:32]
        key = f"{shop_id}/{digest[:2]}/{digest}-{_SAFE.sub('-', name.lower())[-80:]}"
        await asyncio.to_thread(self._write, self._path(shop_id, key), data)
        return key

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")  # its own: two writers of one key never mix
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    async def get(self, shop_id: UUID, key: str) -> bytes:
        """See Blobs.get."""
        try:
            return await asyncio.to_thread(self._path(shop_id, key).read_bytes)
        except FileNotFoundError:
            raise KeyError(key) from None
