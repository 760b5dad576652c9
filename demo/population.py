"""Who lives the year: MDS, sites, agents, people. Plausible, drawn from a seed, never real.

Telephone numbers come from the range the ARCEP keeps for fiction (06 39 98 00 00 to 99 99),
e-mail from example.org, streets from a list of our own. Shares are *exemples*.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from faker import Faker

from demo.codes import code_of
from demo.figures import Figures, SiteName
from demo.streams import stream

#: Share of people who opted in to a channel, in hundredths; the rest receive nothing. *Exemple.*
OPT_IN_SMS, OPT_IN_EMAIL = 55, 20
#: Languages other than French, one person in eight. *Exemple.*
LANGUAGES = ("ar", "pt", "es", "en", "tr")
STREETS = (
    "rue des Lilas",
    "rue du Moulin",
    "avenue de la Gare",
    "place de la Halle",
    "chemin des Vignes",
    "rue de la République",
    "impasse des Tilleuls",
    "quai du Canal",
)
#: Fictitious subscriber numbers in 06 39 98 00 00 to 06 39 98 99 99.
PHONE_RANGE, PHONE_COUNT = "+3363998", 10_000
#: Last digits to which the local SMS provider answers that it is busy or down, for ever.
OUT_OF_ORDER = frozenset({429, 503})
#: Stands for a number not drawn yet.
UNNUMBERED = "?"


@dataclass(frozen=True)
class Site:
    """A site de proximité."""

    code: str
    name: str
    mds: str
    insee: str
    postcode: str


@dataclass(frozen=True)
class Mds:
    """A Maison Départementale des Solidarités and its sites; the first is its seat."""

    code: str
    territoire: str
    sites: tuple[Site, ...]


@dataclass(frozen=True)
class Agent:
    """Someone who works there; `ref` is the driver's name for them."""

    ref: str
    profession: str
    mds: str
    site: str
    first_name: str
    last_name: str
    plateforme: bool = False
    volant: bool = False


@dataclass(frozen=True)
class Personne:
    """Someone received; `referent` is the agent who leads their dossier, if they have one."""

    ref: str
    mds: str
    site: Site
    first_name: str
    last_name: str
    born_on: date
    language: str
    address: str
    referent: str | None = None
    sms: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Population:
    """Everybody before the first day of the year."""

    mds: tuple[Mds, ...]
    agents: tuple[Agent, ...]
    stock: tuple[Personne, ...]

    def workers(self, profession: str, mds: str, *, plateforme: bool = False) -> list[Agent]:
        """Social workers posted at an MDS, volants aside."""
        return [
            agent
            for agent in self.agents
            if (agent.profession, agent.mds, agent.plateforme, agent.volant)
            == (profession, mds, plateforme, False)
        ]


def populate(figures: Figures, seed: int) -> Population:
    """The same population for the same figures and seed."""
    mds = tuple(_mds(name, figures.sites[name]) for name in figures.territoires)
    agents = tuple(_agents(figures, mds, Names(stream(seed, "agents"))))
    population = Population(mds, agents, ())
    stock = tuple(number_phones(_stock(figures, population, seed)))
    return replace(population, stock=stock)


def streets_of(site: Site, place: Mds) -> tuple[str, ...]:
    """The streets of a site; sites of one commune share them out (*exemple*)."""
    same = [each for each in place.sites if each.insee == site.insee]
    return STREETS[same.index(site) :: len(same)]


class Names:
    """Faker `fr_FR` on one of our own streams."""

    def __init__(self, random_stream: random.Random) -> None:
        self._faker = Faker("fr_FR")
        self._faker.seed_instance(random_stream.getrandbits(64))

    def first(self) -> str:
        """A given name."""
        return str(self._faker.first_name())

    def last(self) -> str:
        """A family name."""
        return str(self._faker.last_name())


def _mds(territoire: str, names: tuple[SiteName, ...]) -> Mds:
    code = f"MDS-{code_of(territoire)}"
    sites = tuple(Site(code_of(s.nom), s.nom, code, s.insee, s.code_postal) for s in names)
    return Mds(code, territoire, sites)


def _agents(figures: Figures, mds: tuple[Mds, ...], names: Names) -> Iterator[Agent]:
    for place in mds:
        for profession, postes in figures.postes.items():
            count = postes.by_mds[place.territoire]
            yield from _team(place, profession, count, names)
            reception = postes.plateforme.get(place.territoire, 0)
            yield from _team(place, profession, reception, names, plateforme=True)
        # One secretary per site and one responsable per MDS: *exemple*, no figure is published.
        yield from _team(place, "SECRETAIRE", len(place.sites), names)
        yield from _team(place, "RESPONSABLE", 1, names)
    for profession, postes in figures.postes.items():
        yield from _team(mds[0], profession, postes.volants, names, volant=True)


def _team(
    place: Mds,
    profession: str,
    count: int,
    names: Names,
    *,
    plateforme: bool = False,
    volant: bool = False,
) -> Iterator[Agent]:
    team = "VOLANT" if volant else place.code + ("-PLATEFORME" if plateforme else "")
    for number in range(count):
        yield Agent(
            ref=f"{profession}-{team}-{number + 1:02d}",
            profession=profession,
            mds=place.code,
            site=place.sites[0 if plateforme else number % len(place.sites)].code,
            first_name=names.first(),
            last_name=names.last(),
            plateforme=plateforme,
            volant=volant,
        )


def _stock(figures: Figures, population: Population, seed: int) -> Iterator[Personne]:
    for place in population.mds:
        referents = population.workers("ASS", place.code)
        maker = PersonneMaker(figures.year, place, seed)
        for number in range(figures.dossiers[place.territoire]):
            referent = referents[number % len(referents)]
            is_young = number < figures.faj[place.territoire]
            ref = f"S-{place.code}-{number + 1:05d}"
            yield maker.make(ref, referent=referent, is_young=is_young)


class PersonneMaker:
    """Draws the people of one MDS; each person has their own stream, whatever the order."""

    def __init__(self, year: int, place: Mds, seed: int) -> None:
        self._year, self._place, self._seed = year, place, seed
        self._faker = Faker("fr_FR")
        self._sites = {site.code: site for site in place.sites}

    def make(self, ref: str, *, referent: Agent | None = None, is_young: bool = False) -> Personne:
        """A person of this MDS, followed by a référent or newly come.

        `is_young`: 18 to 23 on 1 January, so that the FAJ (18 to 25) concerns them all year.
        """
        draw = stream(self._seed, "personne", ref)
        self._faker.seed_instance(draw.getrandbits(64))
        site = self._sites[referent.site] if referent else draw.choice(self._place.sites)
        channel = draw.randrange(100)
        youngest, eldest = (18 * 366, 24 * 365) if is_young else (18 * 366, 90 * 365)
        has_sms = channel < OPT_IN_SMS
        has_email = OPT_IN_SMS <= channel < OPT_IN_SMS + OPT_IN_EMAIL
        return Personne(
            ref=ref,
            mds=self._place.code,
            site=site,
            first_name=str(self._faker.first_name()),
            last_name=str(self._faker.last_name()),
            born_on=date(self._year, 1, 1) - timedelta(days=draw.randrange(youngest, eldest)),
            language="fr" if draw.randrange(8) else draw.choice(LANGUAGES),
            address=f"{draw.randrange(1, 200)} {draw.choice(streets_of(site, self._place))}",
            referent=referent.ref if referent else None,
            sms=UNNUMBERED if has_sms else None,
            email=_email(ref, draw) if has_email else None,
        )


def _email(ref: str, draw: random.Random) -> str:
    """One address in fifty no longer exists: the local mail server refuses `inconnu…`."""
    gone = "inconnu-" if draw.randrange(50) == 0 else ""
    return f"{gone}{ref.lower()}@example.org"


def number_phones(people: Iterable[Personne], first: int = 0) -> list[Personne]:
    """Give each person who opted in to SMS a fictitious number of their own.

    One in a hundred shares the previous person's, as couples do; past ten thousand numbers,
    people are left without one.
    """
    numbered: list[Personne] = []
    ordinal, shared = first, None
    for person in people:
        if person.sms is None:
            numbered.append(person)
            continue
        is_shared = ordinal % 100 == 99 and shared is not None
        number = shared if is_shared else _phone(ordinal)
        shared, ordinal = number, ordinal + 1
        numbered.append(replace(person, sms=number))
    return numbered


def _phone(ordinal: int) -> str | None:
    if ordinal >= PHONE_COUNT or ordinal in OUT_OF_ORDER:
        return None
    return f"{PHONE_RANGE}{ordinal:04d}"
