"""Column types: codes of enumerations, and encrypted dates and codes."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from chassis.crypto import EncryptedText


class EncryptedCode(EncryptedText):
    """An enumeration, encrypted at rest."""

    cache_ok = True

    def __init__(self, context: str, kind: type[StrEnum]) -> None:
        super().__init__(context)
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Any) -> bytes | None:
        return super().process_bind_param(None if value is None else str(value), dialect)

    def process_result_value(self, value: bytes | None, dialect: Any) -> Any:
        plain = super().process_result_value(value, dialect)
        return None if plain is None else self.kind(plain)


class EncryptedDate(EncryptedText):
    """A day, encrypted at rest."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> bytes | None:
        return super().process_bind_param(None if value is None else value.isoformat(), dialect)

    def process_result_value(self, value: bytes | None, dialect: Any) -> Any:
        plain = super().process_result_value(value, dialect)
        return None if plain is None else date.fromisoformat(plain)
