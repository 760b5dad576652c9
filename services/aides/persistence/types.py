"""Columns that hold a domain value: codes as text, encrypted JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.types import TypeDecorator

from chassis.crypto import EncryptedText


class EncryptedJson(EncryptedText):
    """Any value as encrypted JSON; `read` rebuilds it, `write` makes it plain."""

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
        return super().process_bind_param(
            json.dumps(self.write(value), ensure_ascii=False, separators=(",", ":")), dialect
        )

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        text = super().process_result_value(value, dialect)
        return None if text is None else self.read(json.loads(text))


class JsonList(TypeDecorator[Any]):
    """A tuple of values kept as a JSON array, each through `write` and `read`."""

    impl = pg.JSONB
    cache_ok = True

    def __init__(self, *, write: Callable[[Any], Any], read: Callable[[Any], Any]) -> None:
        super().__init__()
        self.write = write
        self.read = read

    def process_bind_param(self, value: Any, _: Any) -> list[Any] | None:
        return None if value is None else [self.write(item) for item in value]

    def process_result_value(self, value: Any, _: Any) -> tuple[Any, ...] | None:
        return None if value is None else tuple(self.read(item) for item in value)


class TupleOf(TypeDecorator[Any]):
    """A PostgreSQL array read as a tuple, so that it cannot be changed in place unseen."""

    impl = sa.ARRAY
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__(kind)

    def process_bind_param(self, value: Any, _: Any) -> list[Any] | None:
        return None if value is None else list(value)

    def process_result_value(self, value: Any, _: Any) -> tuple[Any, ...] | None:
        return None if value is None else tuple(value)
