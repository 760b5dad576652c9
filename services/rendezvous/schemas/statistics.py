"""Statistics: about nobody in particular."""

from __future__ import annotations

from chassis.web import fields
from chassis.web.schemas import Period, Schema
from services.rendezvous.domain.statistics import FEWEST

_FEW = f"null en dessous de {FEWEST} (exemple) : un taux de si peu ne dirait rien, ou quelqu’un"


class OutcomesOut(Schema):
    """What became of the rendezvous of one MDS, motif and profession."""

    mds = fields.code("MDS où ils se tiennent.", "MDS-MONTAUBAN")
    motif = fields.code("Motif.", "ACCOMPAGNEMENT")
    profession = fields.code("Profession de l’agent principal à cette date.", "ASS")
    booked = fields.integer("Encore à l’état pris.", 3)
    held = fields.integer("Honorés ; un collectif compte une fois.", 120)
    missed_excused = fields.integer("Non honorés, la personne avait prévenu.", 8)
    missed_unexcused = fields.integer("Non honorés sans prévenir.", 12)
    cancelled_by_personne = fields.integer("Annulés par la personne.", 9)
    cancelled_by_agent = fields.integer("Annulés par un agent.", 4)
    cancelled_by_systeme = fields.integer("Annulés par le système (décès).", 1)
    late = fields.integer("Tenus ou non, la personne en retard au-delà de la tolérance.", 6)
    no_show_percent = fields.integer(
        f"Non honorés sans prévenir sur honorés et non honorés, à l’unité près ; {_FEW}.",
        9,
        allow_none=True,
    )
    delay_days_median = fields.integer(
        f"Jours de la prise à la tenue, médiane des honorés ; {_FEW}.", 12, allow_none=True
    )
    delay_days_p90 = fields.integer(f"Le même, neuvième décile ; {_FEW}.", 27, allow_none=True)


class StatisticsOut(Period):
    """Statistics of a period, at the Paris date the rendezvous was (to be) held."""

    rows = fields.many(OutcomesOut, "Par MDS, motif et profession.")
