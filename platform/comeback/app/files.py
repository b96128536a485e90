"""Static files: the built front end and the shops' pictures, compressed once, revalidated by ETag."""

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from PIL import Image, ImageDraw

from comeback.core.access import PUBLIC
from comeback.core.errors import NotFound
from comeback.core.settings import Settings

STATIC = Path(__file__).resolve().parent.parent / "static"
_TEXT = ("text/", "application/javascript", "application/json", "image/svg")
STUDIO_POLICY = (
    "default-src 'self'; img-src 'self' https: data: blob:; style-src 'self' 'unsafe-inline'; "
    "frame-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class StoredFile(NamedTuple):
    """A file ready to send."""

    data: bytes
    packed: bytes | None
    etag: str
    media_type: str


@lru_cache(maxsize=512)
def _load(path: str, _changed: int) -> StoredFile:
    data = Path(path).read_bytes()
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    packed = gzip.compress(data, 9, mtime=0) if kind.startswith(_TEXT) and len(data) > 500 else None
    return StoredFile(data, packed, f'"{hashlib.sha256(data).hexdigest()[:24]}"', kind)


def stored(root: Path, name: str) -> StoredFile:
    """The file `name` under `root`; raises NotFound where it is missing or outside."""
    try:
        path = (root / name.lstrip("/")).resolve()
        if not path.is_relative_to(root.resolve()) or not path.is_file():
            raise NotFound("No such file.")
    except (OSError, ValueError):  # a name that no file can have
        raise NotFound("No such file.") from None
    return _load(str(path), path.stat().st_mtime_ns)


def answer(request: Request, file: StoredFile, cache: str, **headers: str) -> Response[bytes]:  # type: ignore[type-arg]
    """200 or 304, gzip where the client takes it."""
    common = {"ETag": file.etag, "Cache-Control": cache, "X-Content-Type-Options": "nosniff", **headers}
    if request.headers.get("if-none-match") == file.etag:
        return Response(b"", status_code=304, headers=common)
    if file.packed is not None:
        common["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(file.packed, headers=common | {"Content-Encoding": "gzip"}, media_type=file.media_type)
    return Response(file.data, headers=common, media_type=file.media_type)


@get("/static/{path:path}", opt={"permission": PUBLIC}, operation_id="staticFile", include_in_schema=False)
async def static_file(request: Request, path: FromPath[Path]) -> Response[bytes]:  # type: ignore[type-arg]
    """Built files; their names carry a hash, so they never change."""
    return answer(request, stored(STATIC, str(path)), "public, max-age=31536000, immutable")


@get("/media/{path:path}", opt={"permission": PUBLIC}, operation_id="mediaFile", include_in_schema=False)
async def media_file(request: Request, path: FromPath[Path], settings: NamedDependency[Settings]) -> Response[bytes]:  # type: ignore[type-arg]
    """Pictures of products and brands, as mails and pages link them."""
    return answer(request, stored(Path(settings.media_dir), str(path)), "public, max-age=86400")


@get(["/studio", "/studio/{path:path}"], opt={"permission": PUBLIC}, operation_id="studioPage", include_in_schema=False)
async def studio_page(request: Request) -> Response[bytes]:  # type: ignore[type-arg]
    """The studio: one page, its own router."""
    headers = {"Content-Security-Policy": STUDIO_POLICY, "Referrer-Policy": "same-origin"}
    return answer(request, stored(STATIC, "studio/index.html"), "no-cache", **headers)


@lru_cache(maxsize=1)
def _icon() -> StoredFile:
    """A return arrow on a round ground, 64 × 64: drawn large and scaled down, so that its edges are soft."""
    image = Image.new("RGBA", (256, 256))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, 255, 255), 72, fill="#0f766e")
    draw.arc((64, 84, 192, 212), 200, 90, fill="white", width=24)
    draw.polygon([(40, 128), (104, 128), (72, 188)], fill="white")
    out = BytesIO()
    image.resize((64, 64), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return StoredFile(out.getvalue(), None, f'"{hashlib.sha256(out.getvalue()).hexdigest()[:24]}"', "image/png")


@get("/favicon.ico", opt={"permission": PUBLIC}, operation_id="icon", include_in_schema=False)
async def icon(request: Request) -> Response[bytes]:  # type: ignore[type-arg]
    """The small picture of a browser's tab."""
    return answer(request, _icon(), "public, max-age=604800")


ROUTES = (static_file, media_file, studio_page, icon)
