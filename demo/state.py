"""What the driver must remember across its own death: steps done, ids the services gave.

A step's ids are written with the step itself, in one transaction. Killed in between, the step
is sent again with the same idempotency keys and learns the same ids.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any


class AnotherReplay(Exception):
    """The work folder holds a replay of other figures, seed, period or version."""


#: The file of progress in a work folder.
FILE = "avancement.sqlite3"


def known_ids(folder: Path) -> dict[str, str]:
    """What a replay learned, by reference."""
    db = sqlite3.connect(folder / FILE)
    try:
        return dict(db.execute("SELECT name, value FROM ids"))
    finally:
        db.close()


class State:
    """Ids by reference, and the steps finished."""

    def __init__(self, path: Path, signature: str) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        for table in ("meta", "ids", "steps"):
            self._db.execute(
                f"CREATE TABLE IF NOT EXISTS {table} (name TEXT PRIMARY KEY, value TEXT)"
            )
        self._sign(signature)
        self._values: dict[str, str] = dict(self._db.execute("SELECT name, value FROM ids"))
        self._done = {name for (name,) in self._db.execute("SELECT name FROM steps")}
        self._fresh: dict[str, str] = {}

    def _sign(self, signature: str) -> None:
        row = self._db.execute("SELECT value FROM meta WHERE name = 'signature'").fetchone()
        if row is None:
            self._db.execute("INSERT INTO meta VALUES ('signature', ?)", (signature,))
            self._db.commit()
        elif row[0] != signature:
            raise AnotherReplay(
                "ce dossier de travail contient un autre rejeu (chiffres, graine, échelle ou"
                " période) : choisissez-en un autre avec --work-dir, ou supprimez-le"
            )

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def get(self, name: str) -> str | None:
        """What was kept under this name, if anything."""
        return self._values.get(name)

    def __setitem__(self, name: str, value: Any) -> None:
        with self._lock:
            self._values[name] = self._fresh[name] = str(value)

    def is_done(self, step: str) -> bool:
        """Whether this step was finished, in this life or an earlier one."""
        return step in self._done

    def finish(self, step: str) -> None:
        """Keep the step and all it learned, or nothing."""
        with self._lock:
            with self._db:
                self._db.executemany(
                    "INSERT OR REPLACE INTO ids VALUES (?, ?)", self._fresh.items()
                )
                self._db.execute("INSERT OR IGNORE INTO steps VALUES (?, '')", (step,))
            self._fresh.clear()
            self._done.add(step)

    def remember(self, name: str, value: str) -> None:
        """Keep one value at once, outside any step."""
        with self._lock, self._db:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def recall(self, name: str) -> str | None:
        """A value kept by `remember`."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
