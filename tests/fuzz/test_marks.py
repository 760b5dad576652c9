"""The finder of marks finds them, and the maker of bodies puts them wherever text is free."""

from __future__ import annotations

import pytest

from chassis.web import fields
from chassis.web.schemas import Schema
from tests.fuzz import marks


@pytest.mark.parametrize(
    "text",
    ["zzcanarinette", "ZZCANARINETTE@EXEMPLE.FR", "+33639988877", '{"nir": 185057512345678}'],
)
def test_a_mark_is_found_in_any_form(text):
    assert marks.leaks(f"… {text} …")


def test_what_is_not_marked_is_let_be():
    assert marks.leaks("Zz canari, 06 39 98 00 01, 1 85 05 75") == []


class Inner(Schema):
    """Inside."""

    note = fields.text("Note.", most=12)
    day = fields.day("Jour.")


class Outer(Schema):
    """A body."""

    label = fields.text("Libellé.", most=80, required=True)
    code = fields.code("Code.", "A-1", required=True)
    names = fields.texts("Noms.")
    inner = fields.nested(Inner, "Dedans.", required=True)
    lines = fields.many(Inner, "Lignes.")


def test_a_body_is_marked_wherever_text_is_free():
    made = marks.body(Outer(), {"names": [marks.NAME], "lines": [{"day": "2023-01-09"}, {}]})

    assert made["code"] == "A-1"
    assert made["lines"][0] == {"note": marks.SENTENCE[:12], "day": "2023-01-09"}
    assert set(marks.free_texts(Outer())) == {"/label", "/names", "/inner/note", "/lines/note"}
    assert set(marks.marked(made)) == {"/label", "/names"}
