"""Logs: JSON lines with an allow-list of keys, and nothing a library says unread.

Identifiers, never objects: a key that is not listed is dropped and its name kept under
`dropped`. Records of other loggers (nameko, kombu, amqp, eventlet put bodies and exception
texts in theirs) are reduced to their logger, level and exception class.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from traceback import walk_tb
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from chassis.correlation import peek

#: The only keys a log line may hold. None can carry free text or personal data.
ALLOWED_KEYS = frozenset(
    """
    event level timestamp module service process environment
    correlationid causationid event_id routing_key aggregate_type aggregate_id aggregate_version
    source method route status duration_ms problem
    error_class place constraint attempts count kind partner reason version
    port queue exchange seconds bytes signal exit_code sha256 dropped
    """.split()
)

_ROOT = f"{Path(__file__).parents[1]}/"


def configure(*, service: str, process: str, environment: str) -> None:
    """Send everything to stdout as JSON lines (readable lines in a terminal)."""
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if sys.stdout.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    bound = {"service": service, "process": process, "environment": environment}
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _Bind(bound),
            _add_correlation,
            _allow_only,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: _StandardOutput(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Reduced()]
    root.setLevel(logging.WARNING)


def get_logger(name: str) -> Any:
    """A logger whose first argument is a static event name, the rest allowed keys."""
    return structlog.get_logger(module=name)


def told(error: BaseException) -> dict[str, str]:
    """What a line may hold of an error: its class, and the last of our own lines it passed.

    Never its text, which may quote anything.
    """
    fields = {"error_class": type(error).__name__}
    for frame, line in walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        if _is_ours(file):
            fields["place"] = f"{file.removeprefix(_ROOT)}:{line}"
    return fields


def _is_ours(file: str) -> bool:
    return file.startswith(_ROOT) and "/site-packages/" not in file


class _StandardOutput:
    """Writes a line where standard output goes at that moment, whole and at once."""

    def msg(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    debug = info = warning = error = critical = exception = msg


class _Bind:
    def __init__(self, bound: dict[str, str]) -> None:
        self._bound = bound

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return self._bound | dict(event)


def _add_correlation(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    correlation = peek()
    if correlation is not None:
        event["correlationid"] = str(correlation.correlation_id)
        if correlation.causation_id:
            event["causationid"] = str(correlation.causation_id)
    return event


def _allow_only(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    kept = {key: value for key, value in event.items() if key in ALLOWED_KEYS}
    refused = sorted(key for key in event if key not in ALLOWED_KEYS)
    return kept | {"dropped": refused} if refused else kept


class _Reduced(logging.Handler):
    """What a library logs, without a word of its text."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        fields = {"error_class": error} if error else {}
        structlog.get_logger(module=record.name).log(_level(record), "library_log", **fields)


def _level(record: logging.LogRecord) -> int:
    """A library's own levels become the standard one below: structlog knows no other."""
    if record.levelno >= logging.CRITICAL:
        return logging.CRITICAL
    return logging.ERROR if record.levelno >= logging.ERROR else logging.WARNING
