"""The errands of the day, service by service, in an order that lets each be accepted."""

from __future__ import annotations

from datetime import timedelta

from services import roles
from tests.fuzz.day.accueil import hire, open_the_place, receive_people, receive_visits
from tests.fuzz.day.aides import help_with_money
from tests.fuzz.day.dsu import follow
from tests.fuzz.day.exchanges import ask_as_a_service, share, write_to_people
from tests.fuzz.day.place import SECRETARY, WORKER
from tests.fuzz.day.rendezvous import book, keep_or_miss, wait_in_line
from tests.fuzz.day.supply import lend_a_hand, make_room
from tests.fuzz.errands import Errands


def live(day: Errands) -> None:
    """From the first site opened to the last file closed."""
    open_the_place(day)
    hire(day)
    receive_people(day)
    receive_visits(day)
    follow(day)
    make_room(day)
    lend_a_hand(day)
    share(day)
    book(day)
    help_with_money(day)
    write_to_people(day)
    keep_or_miss(day)
    wait_in_line(day)
    ask_as_a_service(day)
    undo(day)


def undo(day: Errands) -> None:
    """What was given is taken back, once the partner has read what it may."""
    path = "/v1/partenaires/caf/facts?after=0"
    client = day.town.clients["consent"]
    day.ids["read by caf"] = client.get(path, role=roles.PARTENAIRE, partenaire="caf").json["facts"]
    granted, signed = day.ids["caf"]
    day.ask("consent", "end", WORKER, partage_id=signed)
    day.ask("consent", "withdraw", SECRETARY, consentement_id=granted)
    day.town.go_to(day.town.clock() + timedelta(days=1))
