"""Every bad field of a body: the slow second pass after the fast typed decode failed.

The decode stops at the first error; this walks the type and the plain value together and names them all.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import inspect as mi

from comeback.core.errors import FieldError

_LIMIT = 100


def collect(kind: Any, value: Any) -> list[FieldError]:
    """All problems of `value` as a `kind`; empty where it converts."""
    found: list[FieldError] = []
    _walk(mi.type_info(kind), value, "", found)
    return found[:_LIMIT]


def _walk(info: mi.Type, value: Any, pointer: str, found: list[FieldError]) -> None:
    if len(found) >= _LIMIT:
        return
    if isinstance(info, mi.StructType):
        _walk_struct(info, value, pointer, found)
    elif isinstance(info, mi.ListType) and isinstance(value, list):
        _bounds(info, value, pointer, found)
        for index, item in enumerate(value):
            _walk(info.item_type, item, f"{pointer}/{index}", found)
    elif isinstance(info, mi.DictType) and isinstance(value, dict):
        for key, item in value.items():
            _walk(info.value_type, item, f"{pointer}/{escape(str(key))}", found)
    elif isinstance(info, mi.UnionType):
        _walk_union(info, value, pointer, found)
    else:
        _leaf(info, value, pointer, found)


def _bounds(info: mi.ListType, value: list[Any], pointer: str, found: list[FieldError]) -> None:
    if info.min_length is not None and len(value) < info.min_length:
        found.append(FieldError(pointer, f"must have at least {info.min_length} entries"))
    if info.max_length is not None and len(value) > info.max_length:
        found.append(FieldError(pointer, f"must have at most {info.max_length} entries"))


def _walk_struct(info: mi.StructType, value: Any, pointer: str, found: list[FieldError]) -> None:
    if not isinstance(value, dict):
        found.append(FieldError(pointer, "must be an object"))
        return
    fields = {f.encode_name: f for f in info.fields}
    for name, field in fields.items():
        if name in value:
            _walk(field.type, value[name], f"{pointer}/{escape(name)}", found)
        elif field.required:
            found.append(FieldError(f"{pointer}/{escape(name)}", "is required"))
    if info.forbid_unknown_fields:
        strange = [name for name in value if name not in fields and name != info.tag_field]
        found += [FieldError(f"{pointer}/{escape(str(name))}", "is not a known field") for name in strange]


def _walk_union(info: mi.UnionType, value: Any, pointer: str, found: list[FieldError]) -> None:
    parts = [t for t in info.types if not isinstance(t, mi.NoneType)]
    if value is None and len(parts) < len(info.types):
        return
    structs = [t for t in parts if isinstance(t, mi.StructType)]
    if structs and isinstance(value, dict):
        tagged = [t for t in structs if t.tag_field and value.get(t.tag_field) == t.tag]
        _walk((tagged or structs)[0], value, pointer, found)
    elif len(parts) == 1:
        _walk(parts[0], value, pointer, found)
    else:
        attempts: list[list[FieldError]] = []
        for part in parts:
            attempts.append([])
            _walk(part, value, pointer, attempts[-1])
        if all(attempts):
            found.append(attempts[0][0])


def _leaf(info: mi.Type, value: Any, pointer: str, found: list[FieldError]) -> None:
    try:
        msgspec.convert(value, leaf_type(info))
    except msgspec.ValidationError as error:
        found.append(FieldError(pointer, _sentence(str(error))))
    except (ValueError, OverflowError, TypeError):
        found.append(FieldError(pointer, "is not valid"))


_META = ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length", "tz")


def leaf_type(info: mi.Type) -> Any:
    """The annotation that an inspected leaf came from, with its bounds."""
    base = _LEAVES.get(type(info))
    if isinstance(info, mi.LiteralType):
        return Literal[tuple(info.values)]
    if isinstance(info, mi.EnumType | mi.CustomType):
        return info.cls
    if base is None:
        return Any
    bounds = {name: getattr(info, name) for name in _META if getattr(info, name, None) is not None}
    return Annotated[base, msgspec.Meta(**bounds)] if bounds else base


_LEAVES: dict[type[mi.Type], Any] = {
    mi.BoolType: bool,
    mi.IntType: int,
    mi.FloatType: float,
    mi.StrType: str,
    mi.BytesType: bytes,
    mi.DateTimeType: datetime,
    mi.DateType: date,
    mi.UUIDType: UUID,
    mi.NoneType: None,
    mi.ListType: list[Any],
    mi.DictType: dict[str, Any],
}


def _sentence(text: str) -> str:
    return text.split(" - at `")[0]


def escape(name: str) -> str:
    """A JSON pointer step (RFC 6901 §3)."""
    return name.replace("~", "~0").replace("/", "~1")
