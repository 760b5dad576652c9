"""Replies that are no JSON: their bytes, their strong ETag, and 304 to who has them already."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.wrappers import Response

_TAG = re.compile(r'(?:W/)?"([^"]*)"')


@dataclass(frozen=True, kw_only=True)
class Document:
    """What a handler of a route with `media` answers.

    `tag` changes whenever the bytes would: it is known before they are written, so that a caller
    who has them costs no writing.
    """

    tag: str
    write: Callable[[], bytes]


def answer(media: str, document: Document, if_none_match: str | None) -> Response:
    """200 with the document, or 304 (RFC 9110 §13.1.2). Private: it is one caller's."""
    if is_known(if_none_match, document.tag):
        response = Response(status=304)
        del response.headers["Content-Type"]
    else:
        response = Response(document.write(), content_type=f"{media}; charset=utf-8")
    response.headers["ETag"] = f'"{document.tag}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Whether one of the tags that a caller has is this one."""
    given = (if_none_match or "").strip()
    return given == "*" or tag in _TAG.findall(given)
