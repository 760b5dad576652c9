"""Column types every service may need: codes, sets, tuples, values in JSON or sealed."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.types import TypeDecorator

from chassis.crypto import EncryptedText


class Code(TypeDecorator[StrEnum]):
    """An enumeration kept as its code, in clear. Raises ValueError for what is not one of it."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else str(self.kind(value))

    def process_result_value(self, value: str | None, dialect: Any) -> StrEnum | None:
        return None if value is None else self.kind(value)


class Codes(TypeDecorator[frozenset[str]]):
    """A set of codes, kept as a sorted array."""

    impl = pg.ARRAY(sa.Text)
    cache_ok = True

    def __init__(self, kind: type[StrEnum] | type[str] = str) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Any) -> list[str] | None:
        return None if value is None else sorted(str(item) for item in value)

    def process_result_value(self, value: Any, dialect: Any) -> frozenset[str] | None:
        return None if value is None else frozenset(self.kind(item) for item in value)


class TupleOf(TypeDecorator[Any]):
    """An array read as a tuple, so that it cannot be changed in place unseen."""

    impl = sa.ARRAY
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__(kind)

    def process_bind_param(self, value: Any, dialect: Any) -> list[Any] | None:
        return None if value is None else list(value)

    def process_result_value(self, value: Any, dialect: Any) -> tuple[Any, ...] | None:
        return None if value is None else tuple(value)


class Json(TypeDecorator[Any]):
    """A value of the domain kept as JSON: `write` makes it plain, `read` rebuilds it."""

    impl = pg.JSONB
    cache_ok = True

    def __init__(self, *, write: Callable[[Any], Any], read: Callable[[Any], Any]) -> None:
        super().__init__()
        self.write = write
        self.read = read

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else self.write(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else self.read(value)


class Encrypted(EncryptedText):
    """A value of the domain kept as a sealed text: `write` makes the text, `read` rebuilds it."""

    cache_ok = True

    def __init__(
        self, context: str, *, write: Callable[[Any], str] = str, read: Callable[[str], Any]
    ) -> None:
        super().__init__(context)
        self.write = write
        self.read = read

    def process_bind_param(self, value: Any, dialect: Any) -> bytes | None:
        return super().process_bind_param(None if value is None else self.write(value), dialect)

    def process_result_value(self, value: bytes | None, dialect: Any) -> Any:
        text = super().process_result_value(value, dialect)
        return None if text is None else self.read(text)


class EncryptedJson(EncryptedText):
    """A value of the domain kept as sealed JSON: `write` makes it plain, `read` rebuilds it."""

    cache_ok = True

    def __init__(
        self,
        context: str,
        *,
        write: Callable[[Any], Any] = lambda value: value,
        read: Callable[[Any], Any] = lambda value: value,
    ) -> None:
        super().__init__(context)
        self.write = write
        self.read = read

    def process_bind_param(self, value: Any, dialect: Any) -> bytes | None:
        if value is None:
            return None
        text = json.dumps(self.write(value), ensure_ascii=False, separators=(",", ":"))
        return super().process_bind_param(text, dialect)

    def process_result_value(self, value: bytes | None, dialect: Any) -> Any:
        text = super().process_result_value(value, dialect)
        return None if text is None else self.read(json.loads(text))
