"""HTTP over the counters."""

import time
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from marshmallow import fields, validate

from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.unit_of_work import expect_version
from chassis.web.api import Api
from chassis.web.fields import day
from chassis.web.pages import Page
from chassis.web.route import Call, route
from chassis.web.schemas import Schema
from tests.chassis.sample.compteur.events import Incremented
from tests.chassis.sample.compteur.persistence import Compteur, LabelTaken, compteur

AGENT = frozenset({"agent"})


class CompteurIn(Schema):
    """A new counter."""

    label = fields.String(
        required=True, validate=validate.Length(1, 80), metadata={"example": "entrées"}
    )
    secret = fields.String(load_default=None, validate=validate.Length(max=80))


class CompteurOut(Schema):
    """A counter."""

    id = fields.UUID()
    label = fields.String()
    value = fields.Integer()


class LabelPath(Schema):
    """Which label."""

    label = fields.String(required=True, validate=validate.Length(max=80))


class LabelOut(Schema):
    """What a counter is called."""

    label = fields.String()


class Reason(Schema):
    """Why a counter is raised."""

    reason = fields.String(data_key="X-Reason")


class DayQuery(Schema):
    """A day, and how many days later."""

    on = day("Jour.", required=True)
    after = fields.Integer(load_default=1)


class SleepQuery(Schema):
    """How long the database sleeps."""

    seconds = fields.Float(load_default=0.0, validate=validate.Range(0, 10))


class CompteurService(Api):
    """Compteurs d’essai."""

    name = "compteur"

    @route(
        "POST",
        "/v1/compteurs",
        allow=AGENT,
        body=CompteurIn,
        reply=CompteurOut,
        status=201,
        etag=True,
        idempotent=True,
        problems=(LabelTaken,),
        summary="Créer un compteur",
    )
    def create(self, uow, call: Call):
        counter = Compteur(id=new_id(), **call.body)
        uow.session.add(counter)
        uow.publish(Incremented(compteur_id=counter.id, value=0))
        return counter

    @route(
        "GET",
        "/v1/compteurs",
        allow=AGENT,
        reply=CompteurOut,
        many="compteurs",
        summary="Lister les compteurs",
    )
    def list_all(self, uow, call: Call):
        query = sa.select(Compteur).order_by(compteur.c.id).limit(call.limit + 1)
        if call.after:
            query = query.where(compteur.c.id > UUID(call.after[0]))
        found = uow.session.scalars(query).all()
        more = len(found) > call.limit
        page = found[: call.limit]
        return Page(page, [page[-1].id] if more else None)

    @route(
        "GET",
        "/v1/compteurs/{compteur_id}",
        allow=AGENT,
        reply=CompteurOut,
        etag=True,
        summary="Lire un compteur",
    )
    def read(self, uow, call: Call, compteur_id: UUID):
        return _get(uow, compteur_id)

    @route(
        "POST",
        "/v1/compteurs/{compteur_id}/increment",
        allow=AGENT,
        reply=CompteurOut,
        etag=True,
        if_match=True,
        headers=Reason,
        summary="Ajouter un",
    )
    def increment(self, uow, call: Call, compteur_id: UUID):
        counter = _get(uow, compteur_id)
        expect_version(counter.version, call.expected_version)
        counter.value += 1
        uow.publish(Incremented(compteur_id=counter.id, value=counter.value))
        return counter

    @route(
        "POST",
        "/v1/compteurs/{compteur_id}/reset",
        allow=AGENT,
        reply=CompteurOut,
        etag=True,
        if_match=True,
        idempotent=True,
        summary="Remettre à zéro",
    )
    def reset(self, uow, call: Call, compteur_id: UUID):
        counter = _get(uow, compteur_id)
        expect_version(counter.version, call.expected_version)
        counter.value = 0
        counter.label = f"{counter.label} (zéro)"
        return counter

    @route("GET", "/v1/labels", allow=AGENT, reply=LabelOut, many="labels", summary="Libellés")
    def list_labels(self, uow, call: Call):
        labels = sa.select(compteur.c.label).order_by(compteur.c.label).limit(call.page.sought)
        if call.after:
            labels = labels.where(compteur.c.label > call.after[0])
        found = [{"label": label} for label in uow.session.scalars(labels)]
        return call.page.of(found, lambda row: (row["label"],))

    @route(
        "GET",
        "/v1/labels/{label}",
        allow=AGENT,
        texts=LabelPath,
        reply=CompteurOut,
        summary="Par libellé",
    )
    def read_by_label(self, uow, call: Call, label: str):
        found = uow.session.scalar(sa.select(Compteur).where(compteur.c.label == label))
        if found is None:
            raise NotFound()
        return found

    @route("GET", "/v1/days", allow=AGENT, query=DayQuery, reply=LabelOut, summary="Lendemain")
    def read_next_day(self, uow, call: Call):
        return {"label": str(call.query["on"] + timedelta(days=call.query["after"]))}

    @route("GET", "/v1/sleep", allow=AGENT, query=SleepQuery, reply=CompteurOut, summary="Dormir")
    def sleep(self, uow, call: Call):
        uow.session.execute(sa.text("SELECT pg_sleep(:s)"), {"s": call.query["seconds"]})
        return Compteur(id=new_id(), label="dormi")

    @route("GET", "/v1/bug", allow=AGENT, reply=CompteurOut, summary="Échouer")
    def bug(self, uow, call: Call):
        raise RuntimeError("Durand 185057512345678")

    @route("GET", "/v1/stall", allow=AGENT, reply=CompteurOut, summary="Bloquer la boucle")
    def stall(self, uow, call: Call):
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            pass
        return Compteur(id=new_id(), label="bloqué")


def _get(uow, compteur_id: UUID) -> Compteur:
    counter = uow.session.get(Compteur, compteur_id)
    if counter is None:
        raise NotFound()
    return counter
