"""Encryption at rest: AES-256-GCM (NIST SP 800-38D) with named keys, so that keys can rotate.

Blind indexes have a key of their own, which does not (docs/decisions/0012).

A ciphertext is `version(1) | key id length(1) | key id | nonce(12) | sealed`. The associated
data names the column, so that a value copied to another column does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.types import TypeDecorator

_VERSION = 1
_NONCE_BYTES = 12
_KEY_BYTES = 32
#: From the URL-safe alphabet of base64. Anything else in a key is a slip, not to be passed over.
_STANDARD = str.maketrans("-_", "+/")


class KeyringError(ValueError):
    """A key is missing, malformed, or does not open what it should. Never quotes the key."""


@dataclass(frozen=True)
class Keyring:
    """Named keys; the first one encrypts, all of them decrypt. One more key makes indexes."""

    keys: Mapping[str, bytes] = field(repr=False)
    current: str
    index_key: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str, index_key: bytes) -> Self:
        """Read `id:base64,id:base64`, newest first. Raises KeyringError."""
        keys: dict[str, bytes] = {}
        for part in filter(None, (p.strip() for p in text.split(","))):
            name, _, encoded = part.partition(":")
            if not 0 < len(name) <= 32:
                raise KeyringError(f"clé {name!r} : nom de 1 à 32 caractères attendu")
            if name in keys:
                raise KeyringError(f"clé {name!r} : donnée deux fois")
            keys[name] = read_key(encoded)
        if not keys:
            raise KeyringError("aucune clé de chiffrement")
        return cls(keys=keys, current=next(iter(keys)), index_key=index_key)

    def seal(self, plain: bytes, context: str) -> bytes:
        """Encrypt under the current key, bound to `context`."""
        name = self.current.encode()
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, plain, context.encode())
        return bytes([_VERSION, len(name)]) + name + nonce + sealed

    def open(self, blob: bytes, context: str) -> bytes:
        """Decrypt. Raises KeyringError when the key is unknown or the value was tampered with."""
        name, rest = key_id(blob), blob[2 + blob[1] :]
        if name not in self.keys:
            raise KeyringError(f"clé {name!r} inconnue")
        try:
            cipher = AESGCM(self.keys[name])
            return cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError):  # ValueError: a nonce cut short
            raise KeyringError("valeur chiffrée altérée") from None

    def blind_index(self, value: str, context: str) -> str:
        """A keyed digest (HMAC-SHA256), to search an encrypted column by equality."""
        return hmac.new(self.index_key, f"{context}\0{value}".encode(), hashlib.sha256).hexdigest()


def read_key(encoded: str) -> bytes:
    """Read 32 bytes in base64, of either alphabet. Raises KeyringError."""
    try:
        key = base64.b64decode(encoded.strip().translate(_STANDARD), validate=True)
    except ValueError:
        raise KeyringError("base64 attendu") from None
    if len(key) != _KEY_BYTES:
        raise KeyringError(f"{_KEY_BYTES} octets attendus")
    return key


def key_id(blob: bytes) -> str:
    """The id of the key a ciphertext was sealed with."""
    if len(blob) < 2 or blob[0] != _VERSION:
        raise KeyringError("valeur chiffrée illisible")
    try:
        return blob[2 : 2 + blob[1]].decode()
    except UnicodeDecodeError:
        raise KeyringError("valeur chiffrée illisible") from None


_process_keyring: Keyring | None = None


def use_keyring(keyring: Keyring) -> None:
    """The keys encrypted columns use in this process."""
    global _process_keyring  # noqa: PLW0603 - one keyring per process, set at boot
    _process_keyring = keyring


class EncryptedText(TypeDecorator[str]):
    """A text column, encrypted at rest. `context` names it: `"<table>.<column>"`."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        return None if value is None else _keys().seal(value.encode(), self.context)

    def process_result_value(self, value: bytes | None, dialect: Any) -> str | None:
        return None if value is None else _keys().open(bytes(value), self.context).decode()


def _keys() -> Keyring:
    if _process_keyring is None:
        raise KeyringError("aucune clé chargée dans ce processus")
    return _process_keyring


def rotate(
    connection: sa.Connection, metadata: sa.MetaData, keyring: Keyring, limit: int = 500
) -> dict[str, int]:
    """Re-encrypt, under the current key, encrypted values sealed with another one.

    At most `limit` values per column, so that a transaction stays short: call it again until it
    answers only zeros. Answers the number of values per column. Columns of bytes sealed by the
    chassis are marked `info={"sealed": context}`.
    """
    done: dict[str, int] = {}
    for table in metadata.sorted_tables:
        for column in table.columns:
            if context := sealed_context(column):
                name = f"{table.name}.{column.name}"
                done[name] = _rotate_column(connection, column, context, keyring, limit)
    return done


def sealed_context(column: sa.Column[Any]) -> str | None:
    """What a column's values are sealed for: an encrypted text, or bytes sealed by the chassis."""
    if isinstance(column.type, EncryptedText):
        return column.type.context
    context: str | None = column.info.get("sealed")
    return context


def _rotate_column(
    connection: sa.Connection,
    column: sa.Column[Any],
    context: str,
    keyring: Keyring,
    limit: int,
) -> int:
    table = column.table
    raw = sa.type_coerce(column, sa.LargeBinary)
    name = keyring.current.encode()
    prefix = bytes([_VERSION, len(name)]) + name
    keys = list(table.primary_key.columns)
    stale = sa.select(*keys, raw.label("sealed")).where(
        # Empty: the body of a message that was discarded. There is nothing left to seal again.
        sa.func.octet_length(raw) > 0,
        sa.func.substring(raw, 1, len(prefix)) != prefix,
    )
    count = 0
    for row in connection.execute(stale.limit(limit).with_for_update()).mappings():
        fresh = keyring.seal(keyring.open(bytes(row["sealed"]), context), context)
        connection.execute(
            sa.update(table)
            .where(*(key == row[key.name] for key in keys))
            .values({column: sa.type_coerce(sa.literal(fresh, sa.LargeBinary), sa.LargeBinary)})
        )
        count += 1
    return count
