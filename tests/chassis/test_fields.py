"""What each kind of field takes, refuses and tells, whatever the service."""

from __future__ import annotations

import json
from enum import StrEnum

import pytest
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import ValidationError

from chassis.web import fields
from chassis.web.schemas import Period, Schema


class Size(StrEnum):
    SMALL = "S"
    LARGE = "L"


class Sample(Schema):
    id = fields.uuid("Identifiant.")
    ids = fields.uuids("Identifiants.", least=1, most=2)
    code = fields.code("Code.", "A-1")
    codes = fields.codes("Codes.", ["A"], most=3)
    closed = fields.codes("Codes fermés.", allowed={"B", "A"})
    size = fields.choice(Size, "Taille.", allow_none=True)
    sizes = fields.choices(Size, "Tailles.")
    label = fields.text("Libellé.", "Un", most=5)
    free = fields.text("Consignes.", least=0, most=5)
    names = fields.texts("Noms.", longest=3, most=2)
    language = fields.language("Langue.")
    day = fields.day("Jour.")
    at = fields.instant("Instant.")
    count = fields.integer("Nombre.", 1, least=0, most=9)
    ranks = fields.integers("Rangs.", each=(1, 3))
    amount_cents = fields.cents("Montant", least=1)
    open = fields.flag("Ouvert.")


@pytest.fixture(scope="module")
def described():
    spec = APISpec("t", "1", "3.1.0", plugins=[MarshmallowPlugin()])
    spec.components.schema("Sample", schema=Sample)
    return spec.to_dict()["components"]["schemas"]["Sample"]["properties"]


REFUSED = {
    "id": ["abc", 3],
    "ids": [[], [fields.EXAMPLE_ID, fields.EXAMPLE_ID], fields.EXAMPLE_ID],
    "code": ["", "a", "-A", "A B", "A\n", "A" * 65],
    "codes": [["A", "A"], ["a"], ["A", "B", "C", "D"]],
    "closed": [["C"], ["A", "A"]],
    "size": ["SMALL", "XL", 1, ["S"]],
    "sizes": [["S", "S"], ["SMALL"], "S"],
    "label": ["", "   ", "\n", "longer"],
    "free": ["longer"],
    "names": [["abcd"], [""], ["a", "b", "c"]],
    "language": ["FR", "f", "fr\n", "fran"],
    "day": ["2023-13-01", "hier", "0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"],
    "at": ["2023-01-09T08:00:00", "hier", "0001-01-01T00:00:00Z", "9999-12-31T23:00:00-05:00"],
    "count": [-1, 10, "3", True, 1.5],
    "ranks": [[0], [1, 1], ["2"]],
    "amount_cents": [0, 1.5],
    "open": ["oui", "on", 2],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values]
)
def test_a_value_of_another_kind_is_refused_in_french(name, value):
    with pytest.raises(ValidationError) as refusal:
        Sample().load({name: value})

    told = json.dumps(refusal.value.messages, ensure_ascii=False)
    assert name in told
    assert not {"Not", "Must", "Shorter", "Longer", "Invalid", "String"} & set(told.split('"'))
    assert str(value) not in told or len(str(value)) < 3


def test_a_value_of_its_kind_is_taken():
    loaded = Sample().load(
        {
            "code": "A_B-1",
            "closed": ["B"],
            "size": "S",
            "sizes": ["L", "S"],
            "label": " a ",
            "free": "",
            "at": "2023-01-09T09:00:00+01:00",
            "open": "true",
        }
    )

    assert loaded["size"] is Size.SMALL
    assert loaded["sizes"] == [Size.LARGE, Size.SMALL]
    assert loaded["open"] is True
    assert loaded["at"].utcoffset() is not None


def test_a_set_is_told_in_the_same_order_each_time():
    told = Sample().dump({"codes": {"B", "A"}, "sizes": frozenset(Size), "closed": ["B", "A"]})

    assert told == {"codes": ["A", "B"], "sizes": ["L", "S"], "closed": ["B", "A"]}


def test_every_field_is_described_with_what_it_takes(described):
    assert all(field["description"] for field in described.values())
    assert described["size"] == {
        "description": "Taille.",
        "example": "S",
        "enum": ["S", "L", None],
        "type": ["string", "null"],
    }
    assert described["closed"]["items"]["enum"] == ["A", "B"]
    assert described["label"] | {"maxLength": 5, "minLength": 1} == described["label"]
    assert described["amount_cents"]["description"] == "Montant, en centimes."


def test_a_period_ends_on_or_after_its_first_day():
    with pytest.raises(ValidationError, match="Doit suivre"):
        Period().load({"from": "2023-01-02", "to": "2023-01-01"})
