"""The published year: what the département counted, read, checked, and never trusted blindly.

The format is that of `donnees/activite_2023.json`, described in the guide
`docs/guides/rejouer-une-annee.md`; any number of MDS.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from demo.apportionment import scaled, split
from demo.codes import code_of
from demo.published import FiguresError, Reader
from demo.ratios import ratios_of

PUBLISHED = Path(__file__).with_name("donnees") / "activite_2023.json"
SITES = Path(__file__).with_name("donnees") / "sites_tarn_et_garonne.json"
PLATEFORME = " plate-forme premier accueil"
VOLANT = "service volant"
#: Days given by the service volant, by profession and territory; a file may not publish them.
JOURS_VOLANTS = "service_volant_jours_intervention"
#: Natures of aid by the name of their published amount.
MONTANTS = MappingProxyType(
    {"SECOURS": "secours_cd", "AM": "allocation_mensuelle", "AML": "allocation_mensuelle_loisirs"}
)


@dataclass(frozen=True, order=True)
class Line:
    """One line of a rendezvous table: who receives, for what, how."""

    profession: str
    kind: str
    modality: str

    @property
    def path(self) -> str:
        """Where the published file holds it."""
        return f"rendez_vous_{self.profession.lower()}.{_LINE_NAMES[self.kind, self.modality]}"


_LINE_NAMES = {
    ("PREMIER_ACCUEIL", "TELEPHONE"): "premier_accueil_telephonique",
    ("PREMIER_ACCUEIL", "PRESENTIEL"): "premier_accueil_presentiel",
    ("ACCOMPAGNEMENT", "PRESENTIEL"): "accompagnement_presentiel",
    ("ACCOMPAGNEMENT", "VAD"): "visites_a_domicile",
}
#: The published lines; the CESF have no telephone line.
LINES = tuple(
    Line(profession, kind, modality)
    for profession in ("ASS", "CESF")
    for kind, modality in _LINE_NAMES
    if (profession, modality) != ("CESF", "TELEPHONE")
)


@dataclass(frozen=True)
class Postes:
    """Posts of one profession on the last day of the year."""

    by_mds: Mapping[str, int]
    plateforme: Mapping[str, int]
    volants: int

    @property
    def total(self) -> int:
        """Every post, plate-formes and volants included."""
        return sum(self.by_mds.values()) + sum(self.plateforme.values()) + self.volants


@dataclass(frozen=True)
class SiteName:
    """A site de proximité: its name and the commune it stands in."""

    nom: str
    insee: str
    code_postal: str


@dataclass(frozen=True)
class Figures:
    """The year as published, by territory; amounts in cents."""

    year: int
    territoires: tuple[str, ...]
    sites: Mapping[str, tuple[SiteName, ...]]
    postes: Mapping[str, Postes]
    dossiers: Mapping[str, int]
    rendezvous: Mapping[Line, Mapping[str, int]]
    aides: Mapping[str, int]
    montants_cents: Mapping[str, int]
    faj: Mapping[str, int]
    faj_cents: int
    #: Shares and means printed beside the tables, by profession; absent ones are not compared.
    ratios: Mapping[str, Mapping[str, int]]
    #: Days of volants by profession and territory; empty when the file does not publish them.
    jours_volants: Mapping[str, Mapping[str, int]]
    scale: Fraction = Fraction(1)

    def at_scale(self, scale: Fraction) -> Figures:
        """The same year, smaller: every total is rounded once, then split by remainders.

        Raises FiguresError when so little is left that it makes no sense.
        """
        if scale == 1:
            return self
        smaller = Figures(
            year=self.year,
            territoires=self.territoires,
            sites=self.sites,
            postes=self.postes,
            dossiers=scaled(self.dossiers, scale),
            rendezvous={line: scaled(row, scale) for line, row in self.rendezvous.items()},
            aides=scaled(self.aides, scale),
            montants_cents=split(
                round(sum(self.montants_cents.values()) * scale / 100) * 100, self.montants_cents
            ),
            faj=scaled(self.faj, scale),
            faj_cents=round(self.faj_cents * scale / 100) * 100,
            ratios={},
            jours_volants={p: scaled(row, scale) for p, row in self.jours_volants.items()},
            scale=scale,
        )
        reader = Reader({})
        _check_feasible(reader, smaller)
        reader.raise_faults()
        return smaller


def load(path: Path = PUBLISHED) -> Figures:
    """Read and check a published year. Raises FiguresError, in French, naming every field."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FiguresError([f"{path} : fichier illisible ({error.strerror})"]) from None
    except ValueError as error:
        raise FiguresError([f"{path} : ce n’est pas du JSON lisible ({error})"]) from None
    return parse(content)


def parse(content: object) -> Figures:
    """Check a decoded file as a whole; every fault is told at once."""
    reader = Reader(content)
    territoires = reader.names("territoires")
    rows = {line: reader.row(line.path, territoires) for line in LINES}
    postes = {p: _postes(reader, p, territoires) for p in ("ASS", "CESF")}
    montants = reader.amounts("aides_financieres.montants_eur", MONTANTS)
    figures = Figures(
        year=reader.year(),
        territoires=territoires,
        sites=_sites(reader, territoires),
        postes=postes,
        dossiers=reader.row("dossiers_sociaux_uniques", territoires),
        rendezvous=rows,
        aides=reader.row("aides_financieres.demandes_accordees", territoires),
        montants_cents=montants,
        faj=reader.row("aides_financieres.faj.nombre", territoires),
        faj_cents=100 * reader.whole("aides_financieres.faj.montant_eur"),
        ratios={
            profession: _ratios(reader, profession, rows, postes[profession].total)
            for profession in ("ASS", "CESF")
        },
        jours_volants=_jours_volants(reader, territoires),
    )
    _check_codes(reader, figures)
    _check_published_sums(reader, figures)
    _check_feasible(reader, figures)
    reader.raise_faults()
    return figures


def _postes(reader: Reader, profession: str, territoires: tuple[str, ...]) -> Postes:
    path = f"{reader.resources}.{profession.lower()}_postes"
    table = reader.table(path)
    known = {*territoires, *(name + PLATEFORME for name in territoires), VOLANT, "total", "etp"}
    for name in table.keys() - known:
        reader.fault(f"{path}.{name}", "territoire inconnu de « territoires »")
    counts = {n: reader.whole_in(table, path, n) for n in table if n in known - {"total", "etp"}}
    if "total" in table and reader.whole_in(table, path, "total") != sum(counts.values()):
        reader.fault(f"{path}.total", f"la somme des postes donne {sum(counts.values())}")
    return Postes(
        by_mds={name: counts.get(name, 0) for name in territoires},
        plateforme={
            name: counts[name + PLATEFORME] for name in territoires if name + PLATEFORME in counts
        },
        volants=counts.get(VOLANT, 0),
    )


def _jours_volants(reader: Reader, territoires: tuple[str, ...]) -> dict[str, dict[str, int]]:
    """By profession; the sum by territory, printed beside, must be theirs."""
    table = reader.optional_table(JOURS_VOLANTS)
    if not table:
        return {}
    for name in table.keys() - {"ass", "cesf", "total"}:
        reader.fault(f"{JOURS_VOLANTS}.{name}", "profession inconnue (ass ou cesf)")
    rows = {p: reader.row(f"{JOURS_VOLANTS}.{p.lower()}", territoires) for p in ("ASS", "CESF")}
    if "total" in table:
        printed = reader.row(f"{JOURS_VOLANTS}.total", territoires)
        for name in territoires:
            found = sum(row[name] for row in rows.values())
            if printed[name] != found:
                reader.fault(f"{JOURS_VOLANTS}.total.{name}", f"la somme donne {found}")
    return rows


def _sites(reader: Reader, territoires: tuple[str, ...]) -> dict[str, tuple[SiteName, ...]]:
    given = reader.optional_table("sites")
    if not given:
        known = json.loads(SITES.read_text(encoding="utf-8"))["sites"]
        given = {name: known[name] for name in territoires if name in known}
    sites = {}
    for index, name in enumerate(territoires):
        # A territory without published sites is given one, at an invented commune: *exemple*.
        default = [{"nom": name, "insee": f"99{index + 1:03d}", "code_postal": "99000"}]
        rows = given.get(name) or default
        try:
            sites[name] = tuple(SiteName(**row) for row in rows)
        except TypeError:
            reader.fault(f"sites.{name}", "liste d’objets {nom, insee, code_postal} attendue")
    return sites


def _check_codes(reader: Reader, figures: Figures) -> None:
    """Two names that give one code would be one place."""
    places = {"territoires": list(figures.territoires)}
    places |= {"sites": [site.nom for sites in figures.sites.values() for site in sites]}
    for path, names in places.items():
        codes = [code_of(name) for name in names]
        for name, code in zip(names, codes, strict=True):
            if not code:
                reader.fault(f"{path}.{name}", "aucune lettre ni chiffre dont tirer un code")
            elif codes.count(code) > 1:
                reader.fault(f"{path}.{name}", f"un autre nom donne le même code ({code})")


def _check_published_sums(reader: Reader, figures: Figures) -> None:
    """The totals the département printed must be those of its own lines."""
    for profession in ("ASS", "CESF"):
        base = f"rendez_vous_{profession.lower()}.totaux_publies"
        published = reader.optional_table(base)
        rows = {
            (line.kind, line.modality): sum(row.values())
            for line, row in figures.rendezvous.items()
            if line.profession == profession
        }
        first = sum(n for (kind, _), n in rows.items() if kind == "PREMIER_ACCUEIL")
        received = sum(n for (_, modality), n in rows.items() if modality == "PRESENTIEL")
        for name, found in (("premier_accueil", first), ("recues_en_mds", received)):
            if name in published and published[name] != found:
                reader.fault(f"{base}.{name}", f"la somme des lignes donne {found}")


def _ratios(
    reader: Reader, profession: str, rows: Mapping[Line, Mapping[str, int]], posts: int
) -> dict[str, int]:
    """Those published, each of which must follow from the lines above it."""
    path = f"rendez_vous_{profession.lower()}.totaux_publies"
    totals = {
        (line.kind, line.modality): sum(row.values())
        for line, row in rows.items()
        if line.profession == profession
    }
    found = ratios_of(profession, totals, posts)
    published = {n: v for n, v in reader.optional_table(path).items() if n in found}
    for name, value in published.items():
        if value != found[name]:
            reader.fault(f"{path}.{name}", f"les lignes donnent {found[name]} (arrondi)")
    return {name: found[name] for name in published}


def _check_feasible(reader: Reader, figures: Figures) -> None:
    """Someone to hold each rendezvous, someone to receive each aid, and euros for it."""
    _check_agents(reader, figures)
    _check_amounts(reader, figures)
    _check_volants(reader, figures)


def _check_agents(reader: Reader, figures: Figures) -> None:
    for line, row in figures.rendezvous.items():
        postes = figures.postes[line.profession]
        for name, count in row.items():
            present = postes.by_mds[name] + postes.plateforme.get(name, 0)
            if count and not present:
                reader.fault(f"{line.path}.{name}", "aucun poste pour tenir ces rendez-vous")
    for name, count in figures.dossiers.items():
        if count and not figures.postes["ASS"].by_mds[name]:
            reader.fault(f"dossiers_sociaux_uniques.{name}", "aucun poste d’ASS pour ces dossiers")
        needs = figures.aides[name] or figures.faj[name]
        if needs and not count:
            reader.fault(f"dossiers_sociaux_uniques.{name}", "des aides, mais aucun dossier")
        if sum(row[name] for row in figures.rendezvous.values()) and not count:
            reader.fault(f"dossiers_sociaux_uniques.{name}", "des rendez-vous, mais aucun dossier")


def _check_amounts(reader: Reader, figures: Figures) -> None:
    euros, aids = sum(figures.montants_cents.values()), sum(figures.aides.values())
    if bool(euros) != bool(aids):
        reader.fault("aides_financieres.montants_eur.total", f"incompatible avec {aids} aides")
    if bool(figures.faj_cents) != bool(sum(figures.faj.values())):
        reader.fault("aides_financieres.faj.montant_eur", "incompatible avec le nombre de FAJ")


def _check_volants(reader: Reader, figures: Figures) -> None:
    for profession, row in figures.jours_volants.items():
        if sum(row.values()) and not figures.postes[profession].volants:
            path = f"{JOURS_VOLANTS}.{profession.lower()}"
            reader.fault(path, "aucun poste du service volant pour donner ces jours")
