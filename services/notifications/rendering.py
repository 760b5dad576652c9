"""From codes to words: French templates in files, one folder per code and version.

A template is only ever given neutral words: when, where, a number to call, until when. A *discreet*
message is given moments alone, so that no wording can say more. Templates run in a sandbox and
refuse a variable they were not given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chassis.clock import PARIS, paris_day
from services.notifications.domain.gsm7 import Cost, cost, fold
from services.notifications.domain.lieu import Lieu, where
from services.notifications.domain.message import Channel, Modality, Template
from services.notifications.domain.neutral import is_neutral
from services.notifications.rules import rules_at

FOLDER = Path(__file__).parent / "templates"
DEFAULT_LANGUAGE = "fr"
#: Which version of a template is in force from which day on.
VERSIONS: Mapping[Template, tuple[tuple[date, int], ...]] = {
    template: ((date(2015, 1, 1), 1),) for template in Template
}
#: A move as well: it may be the first message that leaves about a rendezvous.
_TOLD_WITH_INSTRUCTIONS = frozenset(
    {Template.RENDEZVOUS_CONFIRMED, Template.RENDEZVOUS_MOVED, Template.RENDEZVOUS_REMINDER}
)
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a message may be made of."""

    template: Template
    starts_at: datetime | None
    modality: Modality | None
    discreet: bool
    place: Lieu | None
    #: An offer says until when it can be answered.
    answer_by: datetime | None = None
    #: What to bring and to know, as the motif says it: left out unless neutral.
    instructions: str | None = None


@dataclass(frozen=True, kw_only=True)
class Text:
    """A message in words. `subject` is None for an SMS, `cost` for an e-mail."""

    template_version: int
    language: str
    body: str
    subject: str | None = None
    cost: Cost | None = None
    #: Those it says; None: it says none.
    instructions: str | None = None


def render(
    wording: Wording, channel: Channel, *, now: datetime, language: str | None = None
) -> Text:
    """Write a message for a channel, in the person's language where a template exists."""
    version = version_at(wording.template, now)
    spoken = _spoken(wording.template, version, channel, language)
    template = _template(wording.template, version, spoken, channel)
    said = _sayable(wording)
    if channel is Channel.EMAIL:
        subject, _, body = template.render(_context(wording, said)).partition("\n\n")
        return Text(
            template_version=version,
            language=spoken,
            subject=subject.strip(),
            body=body.strip() + "\n",
            instructions=said,
        )
    body = _sms(template, wording, said)
    if said and cost(body).parts > rules_at(now).most_sms_parts:
        body, said = _sms(template, wording, None), None
    return Text(
        template_version=version, language=spoken, body=body, cost=cost(body), instructions=said
    )


def _sms(template: jinja2.Template, wording: Wording, said: str | None) -> str:
    return fold(" ".join(template.render(_context(wording, said)).split()))


def _sayable(wording: Wording) -> str | None:
    """The instructions, whole or not at all: of a discreet motif none, nor any that would tell a
    bystander why one comes."""
    said = (wording.instructions or "").strip()
    told = wording.template in _TOLD_WITH_INSTRUCTIONS and not wording.discreet
    return said if said and told and is_neutral(said) else None


def version_at(template: Template, moment: datetime) -> int:
    """The version of a template in force at an instant."""
    day = paris_day(moment)
    return max((since, version) for since, version in VERSIONS[template] if since <= day)[1]


def spoken_when(moment: datetime) -> str:
    """`mardi 12 mars à 10h30`, in Paris. The year is left out: nothing is announced so early."""
    local = moment.astimezone(PARIS)
    day = f"{local.day}er" if local.day == 1 else str(local.day)
    hour = f"{local.hour}h{local.minute:02}" if local.minute else f"{local.hour}h"
    return f"{_DAYS[local.weekday()]} {day} {_MONTHS[local.month - 1]} à {hour}"


def spoken_until(moment: datetime) -> str:
    """`12/03 à 10h30`, in Paris: short, so that an SMS still has room for where to go."""
    local = moment.astimezone(PARIS)
    hour = f"{local.hour}h{local.minute:02}" if local.minute else f"{local.hour}h"
    return f"{local.day:02}/{local.month:02} à {hour}"


def files() -> Iterator[Path]:
    """Every template file."""
    yield from sorted(FOLDER.rglob("*.j2"))


def _context(wording: Wording, said: str | None) -> dict[str, str | None]:
    when = spoken_when(wording.starts_at) if wording.starts_at else None
    until = spoken_until(wording.answer_by) if wording.answer_by else None
    if wording.discreet:
        return {"when": when, "where": None, "phone": None, "until": until, "instructions": None}
    return {
        "when": when,
        "instructions": said,
        "until": until,
        "where": where(wording.modality, wording.place) if wording.modality else None,
        "phone": wording.place.phone if wording.place else None,
    }


def _spoken(template: Template, version: int, channel: Channel, language: str | None) -> str:
    if language and language.isalpha() and _path(template, version, language, channel).exists():
        return language
    return DEFAULT_LANGUAGE


def _path(template: Template, version: int, language: str, channel: Channel) -> Path:
    return FOLDER / template.lower() / f"v{version}" / f"{language}.{channel.lower()}.j2"


@cache
def _environment() -> jinja2.Environment:
    # Plain text: nothing is escaped. A page that shows it escapes it (see `boite.py`).
    return ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )


@cache
def _template(template: Template, version: int, language: str, channel: Channel) -> jinja2.Template:
    source = _path(template, version, language, channel).read_text(encoding="utf-8")
    return _environment().from_string(source)
