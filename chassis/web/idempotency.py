"""Idempotency keys (draft-ietf-httpapi-idempotency-key-header): a second click does nothing twice.

The answer is stored in the transaction of the act itself: after a crash either both are there
or neither. A transaction-level lock on the key tells a request that still runs from one done.
Answers are kept 24 hours, encrypted: they can hold personal data.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from typing import Any

import psycopg2
from werkzeug.wrappers import Response

from chassis.locks import lock_key
from chassis.web.problems import BadRequest, KeyReused, StillRunning

RETENTION = timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{8,200}")
_CONTEXT = "idempotency.body"
_KEPT_HEADERS = frozenset({"Content-Type", "ETag", "Location"})
#: One exchange, two statements: the second's snapshot is taken once the key is held.
_FIND = """
    SELECT set_config('chassis.key_is_held', pg_try_advisory_xact_lock(%s)::text, true);
    SELECT current_setting('chassis.key_is_held')::boolean AS is_held,
           given.fingerprint, given.status, given.headers, given.body
    FROM (VALUES (1)) AS one LEFT JOIN idempotency AS given
      ON caller = %s AND key = %s AND answered_at > now() - %s
"""
_REMEMBER = """
    INSERT INTO idempotency (caller, key, fingerprint, status, headers, body)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (caller, key) DO UPDATE
    SET fingerprint = EXCLUDED.fingerprint, status = EXCLUDED.status,
        headers = EXCLUDED.headers, body = EXCLUDED.body, answered_at = now()
"""


def check_key(key: str | None) -> str:
    """The key as sent. Raises BadRequest when it is absent or unusable."""
    if key is None or not _KEY.fullmatch(key):
        raise BadRequest("En-tête Idempotency-Key requis : 8 à 200 caractères ASCII visibles.")
    return key


def fingerprint(method: str, path: str, version: int | None, body: bytes) -> str:
    """What the key stands for: the same key with another fingerprint is refused.

    The version an edit was made on is part of it: on another version it is another edit.
    """
    return hashlib.sha256(f"{method} {path}\0{version}\0".encode() + body).hexdigest()


def replay(uow: Any, *, caller: str, key: str, mark: str) -> Response | None:
    """The answer already given, if any. Raises KeyReused or StillRunning."""
    lock = lock_key(f"idempotency:{caller}:{key}")
    row = uow.run(_FIND, (lock, caller, key, RETENTION)).one()
    if not row.is_held:
        raise StillRunning("Attendez la réponse de la première demande, puis réessayez.")
    if row.fingerprint is None:
        return None
    if row.fingerprint != mark:
        raise KeyReused("Prenez une clé nouvelle pour chaque demande différente.")
    body = uow.keyring.open(bytes(row.body), _CONTEXT)
    return Response(body, status=row.status, headers=dict(row.headers))


def remember(uow: Any, response: Response, *, caller: str, key: str, mark: str) -> None:
    """Store the answer with the act, when it commits. Replaces one that has expired."""
    kept = {name: value for name, value in response.headers.items() if name in _KEPT_HEADERS}
    body = psycopg2.Binary(uow.keyring.seal(response.get_data(), _CONTEXT))
    uow.run_last(_REMEMBER, (caller, key, mark, response.status_code, json.dumps(kept), body))
