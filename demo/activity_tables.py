"""The département's tables, from what the services say of their own activity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from demo.amounts import nature_by_mds
from demo.codes import code_of
from demo.figures import LINES, Figures, Line
from demo.plan.rendezvous import by_month
from demo.plan.volants import expected_days
from demo.plan.year import Plan, expected_rendezvous
from demo.ratios import ratios_of
from demo.tables import DAILY, INVENTED, MONTHLY, PUBLISHED, TOLD, TOTAL, Cell, Row, Table
from demo.worked_days import Period

#: Rows of activity by service, as their APIs give them.
Reports = Mapping[str, Sequence[Mapping[str, Any]]]
_LABELS = {
    ("PREMIER_ACCUEIL", "TELEPHONE"): "Premiers accueils téléphoniques",
    ("PREMIER_ACCUEIL", "PRESENTIEL"): "Premiers accueils en présentiel",
    ("ACCOMPAGNEMENT", "PRESENTIEL"): "Accompagnements en présentiel",
    ("ACCOMPAGNEMENT", "VAD"): "Visites à domicile",
}
NO_VOLANTS = (
    "Le fichier ne publie pas les jours du service volant : ils ne sont ni rejoués ni comparés."
)
NATURES = {
    "SECOURS": "Secours Conseil Départemental",
    "AM": "Allocation mensuelle",
    "AML": "Allocation mensuelle loisirs",
}


def build(plan: Plan, period: Period, reports: Reports) -> list[Table]:
    """All tables of a period. `plan` is already cut to it; `reports` is what services said."""
    builder = _Builder(plan, period, reports)
    return [
        builder.posts(),
        *builder.volants(),
        builder.dossiers(),
        *(builder.rendezvous(profession) for profession in ("ASS", "CESF")),
        *builder.ratios(),
        builder.aides(),
        builder.amounts(),
        builder.faj(),
        builder.faj_amount(),
        builder.natures(),
        builder.unhappy(),
    ]


@dataclass
class _Builder:
    plan: Plan
    period: Period
    reports: Reports
    figures: Figures = field(init=False)

    def __post_init__(self) -> None:
        self.figures = self.plan.figures
        self.names = {f"MDS-{code_of(name)}": name for name in self.figures.territoires}
        self.columns = [*self.figures.territoires, TOTAL]
        self.is_year = self.period.kind == "year"
        self.status = self._at_scale(
            {"year": PUBLISHED, "month": MONTHLY, "days": DAILY}[self.period.kind]
        )

    def _at_scale(self, status: str) -> str:
        scale = self.figures.scale
        return status if scale == 1 else f"{status}, échelle {float(scale):g}"

    # Tables, in the order of the schéma.

    def posts(self) -> Table:
        """Posts by profession, from accueil's annuaire."""
        counts: Counter[tuple[str, str]] = Counter()
        for agent in self.reports["agents"]:
            team = "service volant" if agent["volant"] else self.names[agent["mds"]]
            if agent["plateforme"]:
                team = f"{team} plate-forme"
            counts[agent["profession"], team] += 1
        columns = [*self.figures.territoires]
        columns += [f"{n} plate-forme" for n in self.figures.postes["ASS"].plateforme]
        columns += ["service volant", TOTAL]
        rows = [
            Row(profession, PUBLISHED, self._post_cells(profession, counts, columns))
            for profession in ("ASS", "CESF")
        ]
        note = "" if self.figures.jours_volants else NO_VOLANTS
        return Table("Postes au 31 décembre", columns, rows, note=note)

    def _post_cells(
        self, profession: str, counts: Counter[tuple[str, str]], columns: Sequence[str]
    ) -> dict[str, Cell]:
        postes = self.figures.postes[profession]
        expected = {
            **postes.by_mds,
            **{f"{name} plate-forme": count for name, count in postes.plateforme.items()},
            "service volant": postes.volants,
            TOTAL: postes.total,
        }
        found = {name: counts[profession, name] for name in columns if name != TOTAL}
        found[TOTAL] = sum(n for (each, _), n in counts.items() if each == profession)
        return {name: Cell(found[name], expected.get(name, 0)) for name in columns}

    def volants(self) -> list[Table]:
        """Days of the service volant, by profession, then both together as it is published."""
        if not self.figures.jours_volants:
            return []
        found = {of: self._days_given(of) for of in self.figures.jours_volants}
        expected = {of: self._days_asked(of) for of in self.figures.jours_volants}
        rows = [
            Row(of, self.status, self._cells(found[of], expected[of]))
            for of in self.figures.jours_volants
        ]
        both = self._cells(_sum(found.values()), _sum(expected.values()))
        title = "Service volant : jours d’intervention"
        return [Table(title, self.columns, [*rows, Row("Ensemble", self.status, both)])]

    def _days_given(self, profession: str) -> Counter[str]:
        counts: Counter[str] = Counter()
        for row in self.reports["volants"]:
            if row["profession"] == profession:
                counts[self._name(row)] += row["days"]
        return counts

    def _days_asked(self, profession: str) -> dict[str, int]:
        if self.period.kind != "days":
            return self._share(self.figures.jours_volants[profession])
        planned = expected_days(self.plan.besoins)
        return {name: planned[profession, code] for code, name in self.names.items()}

    def dossiers(self) -> Table:
        """The stock of the first day, loaded before it."""
        found = self._by_mds("dsu", kind="STOCK")
        status = self._at_scale(PUBLISHED)
        row = Row("Dossiers suivis", status, self._cells(found, self.figures.dossiers))
        return Table("Dossiers sociaux uniques (stock)", self.columns, [row])

    def rendezvous(self, profession: str) -> Table:
        """The published lines, then the sum that is published beside them."""
        lines = [line for line in LINES if line.profession == profession]
        found = {line: self._line(line) for line in lines}
        expected = {line: self._part(line) for line in lines}
        rows = [
            Row(_LABELS[line.kind, line.modality], self.status,
                self._cells(found[line], expected[line]))
            for line in lines
        ]  # fmt: skip
        at_mds = [line for line in lines if line.modality == "PRESENTIEL"]
        rows.append(
            Row("Reçues en MDS", self.status,
                self._cells(_sum(found[x] for x in at_mds), _sum(expected[x] for x in at_mds)))
        )  # fmt: skip
        note = ""
        if profession == "ASS" and self.figures.postes["CESF"].plateforme:
            note = "Premiers accueils : CESF de la plate-forme comprises, comme dans le schéma."
        return Table(f"Rendez-vous des {profession}", self.columns, rows, note=note)

    def _line(self, line: Line) -> dict[str, int]:
        """Honoured rendezvous of one published line, by territory, from the raw rows."""
        counts: Counter[str] = Counter()
        for row in self.reports["rendezvous"]:
            is_theirs = (row["kind"], row["modality"]) == (line.kind, line.modality)
            if row["status"] == "HONOURED" and is_theirs and _table_of(row) == line.profession:
                counts[self._name(row)] += row["count"]
        return counts

    def ratios(self) -> list[Table]:
        """Shares and means the schéma prints, rounded to the whole; a whole year only."""
        if not self.is_year or self.figures.scale != 1 or not self.figures.ratios:
            return []
        rows = []
        for profession in ("ASS", "CESF"):
            totals = {
                (line.kind, line.modality): sum(self._line(line).values())
                for line in LINES
                if line.profession == profession
            }
            found = ratios_of(profession, totals, self.figures.postes[profession].total)
            rows += [
                Row(f"{name} ({profession})", PUBLISHED, {TOTAL: Cell(found[name], published)})
                for name, published in self.figures.ratios[profession].items()
            ]
        return [Table("Parts et moyennes (arrondies)", [TOTAL], rows)]

    def aides(self) -> Table:
        """Aids granted, by number and territory: a published margin."""
        found = self._by_mds("aides", figure="AIDES_ACCORDEES")
        expected = self._granted_by_mds(is_faj=False)
        row = Row("Demandes accordées", self.status, self._cells(found, expected))
        return Table("Aides financières : nombre", self.columns, [row])

    def amounts(self) -> Table:
        """Euros by nature: the other published margin."""
        found = self._amounts("AIDES_ACCORDEES")
        expected = dict(self.figures.montants_cents) if self.is_year else self._granted_cents()
        cells = {
            label: Cell(found[nature], expected.get(nature, 0)) for nature, label in NATURES.items()
        }
        cells[TOTAL] = Cell(sum(found.values()), sum(expected[n] for n in NATURES))
        row = Row("Montant accordé", self.status, cells)
        columns = [*NATURES.values(), TOTAL]
        return Table("Aides financières : montants", columns, [row], is_money=True)

    def faj(self) -> Table:
        """FAJ, by number and territory."""
        found = self._by_mds("aides", figure="FAJ_ACCORDEES")
        row = Row("FAJ accordés", self.status,
                  self._cells(found, self._granted_by_mds(is_faj=True)))  # fmt: skip
        return Table("Fonds d’aide aux jeunes : nombre", self.columns, [row])

    def faj_amount(self) -> Table:
        """FAJ, in euros: published for the département alone."""
        found = self._amounts("FAJ_ACCORDEES")
        expected = self.figures.faj_cents if self.is_year else self._granted_cents()["FAJ"]
        row = Row("Montant accordé", self.status, {TOTAL: Cell(found["FAJ"], expected)})
        return Table("Fonds d’aide aux jeunes : montant", [TOTAL], [row], is_money=True)

    def natures(self) -> Table:
        """Nature × territory: invented, checked all the same."""
        counts: Counter[tuple[str, str]] = Counter()
        for row in self.reports["aides"]:
            if row["figure"] == "AIDES_ACCORDEES":
                counts[row["nature"], self._name(row)] += row["count"]
        invented = nature_by_mds(self.figures)
        rows = []
        for nature, label in NATURES.items():
            yearly = {name: invented[name][nature] for name in self.figures.territoires}
            found = {name: counts[nature, name] for name in self.figures.territoires}
            rows.append(
                Row(label, INVENTED, self._cells(found, self._granted_part(yearly, nature)))
            )
        note = "Le croisement nature × territoire n’est pas publié : il est inventé par le rejeu."
        return Table("Aides par nature et territoire", self.columns, rows, note=note)

    def unhappy(self) -> Table:
        """What counts in no published table; the plan says how much there should be."""
        planned: dict[str, Counter[str]] = {"MISSED": Counter(), "CANCELLED": Counter()}
        for each in self.plan.rendezvous:
            fate = "MISSED" if each.fate == "EXCUSED" else each.fate
            if fate in planned:
                planned[fate][self.names[each.mds]] += 1
        rows = [
            Row("Rendez-vous non honorés", TOLD,
                self._cells(self._status_counts("MISSED"), planned["MISSED"])),
            Row("Rendez-vous annulés", TOLD, self._told(self._status_counts("CANCELLED"))),
            Row("Aides refusées", TOLD, self._told(self._by_mds("aides", figure="REFUSEES"))),
        ]  # fmt: skip
        return Table("Ce que les tableaux publiés ne comptent pas", self.columns, rows)

    # Reading what the services said.

    def _name(self, row: Mapping[str, Any]) -> str:
        """The territory of a row; a code nobody knows becomes a column of its own."""
        code = str(row["mds"])
        return self.names.get(code, code)

    def _by_mds(self, service: str, **codes: str) -> Counter[str]:
        counts: Counter[str] = Counter()
        for row in self.reports[service]:
            if all(row.get(name) == value for name, value in codes.items()):
                counts[self._name(row)] += row["count"]
        return counts

    def _status_counts(self, status: str) -> Counter[str]:
        return self._by_mds("rendezvous", status=status)

    def _amounts(self, figure: str) -> Counter[str]:
        cents: Counter[str] = Counter()
        for row in self.reports["aides"]:
            if row["figure"] == figure:
                cents[row["nature"]] += row["amount_cents"] or 0
        return cents

    # What they should have said.

    def _part(self, line: Line) -> dict[str, int]:
        """A year as published, a month's part of it, or what the plan holds on a few days."""
        if self.period.kind != "days":
            return self._share(self.figures.rendezvous[line])
        planned = expected_rendezvous(self.plan)
        return {name: planned[line, code] for code, name in self.names.items()}

    def _share(self, yearly: Mapping[str, int]) -> dict[str, int]:
        """A year, or a month's part of it."""
        if self.is_year:
            return dict(yearly)
        year, rank = self.figures.year, self.period.first.month - 1
        return {name: by_month(count, year)[rank] for name, count in yearly.items()}

    def _granted_by_mds(self, *, is_faj: bool) -> dict[str, int]:
        if self.is_year:
            return dict(self.figures.faj if is_faj else self.figures.aides)
        counts: Counter[str] = Counter()
        for each in self.plan.demandes:
            if each.counts and (each.nature == "FAJ") == is_faj:
                counts[self.names[each.mds]] += 1
        return counts

    def _granted_part(self, yearly: Mapping[str, int], nature: str) -> Mapping[str, int]:
        if self.is_year:
            return yearly
        counts: Counter[str] = Counter()
        for each in self.plan.demandes:
            if each.counts and each.nature == nature:
                counts[self.names[each.mds]] += 1
        return counts

    def _granted_cents(self) -> Counter[str]:
        cents: Counter[str] = Counter()
        for each in self.plan.demandes:
            if each.counts:
                cents[each.nature] += each.granted_cents
        return cents

    def _cells(self, found: Mapping[str, int], expected: Mapping[str, int]) -> dict[str, Cell]:
        """One cell per territory and their total; a territory nobody knows is a column too."""
        names = [*self.figures.territoires, *(n for n in found if n not in self.columns)]
        cells = {name: Cell(found.get(name, 0), expected.get(name, 0)) for name in names}
        cells[TOTAL] = Cell(sum(found.values()), sum(expected.values()))
        return cells

    def _told(self, found: Mapping[str, int]) -> dict[str, Cell]:
        cells = {name: Cell(found.get(name, 0)) for name in self.figures.territoires}
        return cells | {TOTAL: Cell(sum(found.values()))}


def _table_of(row: Mapping[str, Any]) -> str:
    """First receptions held by a plate-forme stand in the ASS rows, its CESF included."""
    if row["plateforme"] and row["kind"] == "PREMIER_ACCUEIL":
        return "ASS"
    return str(row["profession"])


def _sum(rows: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for row in rows:
        total.update(row)
    return total
