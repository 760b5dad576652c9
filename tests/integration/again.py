"""What the README says of an act sent again: done once, answered the same, or 409, or 404."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.runtime import Runtime
from chassis.testing import Answer, published


def sent_again(runtime: Runtime, send: Callable[[], Answer]) -> int:
    """Send twice; the second tells nothing more. Answers its status."""
    first = send()
    assert first.status in (200, 204), first.json
    told = len(published(runtime))

    second = send()

    assert len(published(runtime)) == told
    if second.status not in (404, 409):
        assert (second.status, _said(second)) == (first.status, _said(first))
    return second.status


def _said(answer: Answer) -> Any:
    """The answer but for the row's version: an act that keeps each of its authors moves it."""
    return {k: v for k, v in answer.json.items() if k != "version"} if answer.json else None
