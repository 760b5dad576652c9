"""The rule engine: pure, it explains every rule it applied and decides nothing.

A line says which rule, which version and article, on which inputs, with which outcome. The law
of each nature (`nature.REGIMES`) wins over the règlement.
"""

from __future__ import annotations

from typing import Any

from services.aides.domain.examen import Evaluation, Examination, Line, LineOutcome, Rule
from services.aides.domain.nature import REGIMES, Regime
from services.aides.domain.reglement import Exceeded, NatureRules, Reglement


def evaluate(examination: Examination, reglement: Reglement) -> Evaluation:
    """Apply every rule of the règlement to one file. Pure; one line per rule, always."""
    bench = _Bench(examination, reglement)
    lines = tuple(_RULES[rule](bench) for rule in Rule)
    is_blocked = any(line.outcome is LineOutcome.BLOCKING for line in lines)
    return Evaluation(lines=lines, max_cents=0 if is_blocked else examination.amount_cents)


class _Bench:
    """One examination with its rules at hand, and how a line is drawn from it."""

    def __init__(self, examination: Examination, reglement: Reglement) -> None:
        self.file = examination
        self.regime: Regime = REGIMES[examination.nature]
        self.rules: NatureRules = reglement.rules_of(examination.nature)
        self.label = reglement.label

    def line(
        self, rule: Rule, outcome: LineOutcome, sentence: str, *, article: str, **inputs: Any
    ) -> Line:
        return Line(
            rule=rule,
            reglement=self.label,
            article=article,
            inputs=inputs,
            outcome=outcome,
            sentence=sentence,
        )

    def past(self, exceeded: Exceeded) -> LineOutcome:
        """What a limit exceeded does here. The law wins over the règlement: for a prestation
        légale it never blocks (CASF L223-1; CE 29/05/2019 n° 417467)."""
        if self.regime.is_legal or exceeded is Exceeded.COMMISSION:
            return LineOutcome.TO_COMMISSION
        return LineOutcome.BLOCKING


def euros(cents: int) -> str:
    """An amount as French people write it: `1 234,50 €`."""
    sign, value = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}{value // 100:,}".replace(",", " ") + f",{value % 100:02d} €"


def _public(bench: _Bench) -> Line:
    is_in = bench.file.situation.public in bench.rules.publics
    return bench.line(
        Rule.PUBLIC,
        LineOutcome.RESPECTED if is_in else bench.past(bench.rules.publics_exceeded),
        "La situation relève du public visé."
        if is_in
        else "La situation ne relève pas du public visé par cette aide.",
        article=bench.rules.publics_article,
        public=bench.file.situation.public,
        publics=list(bench.rules.publics),
    )


def _age(bench: _Bench) -> Line:
    ages, age = bench.rules.ages, bench.file.age
    if ages is None or bench.regime.is_legal:
        return bench.line(
            Rule.AGE, LineOutcome.NOT_APPLICABLE, "Aucune condition d’âge.", article=""
        )
    is_in = age is not None and age in ages
    sentence = f"L’aide s’adresse aux personnes de {ages[0]} à {ages[-1]} ans" + (
        f" ; l’âge au dépôt est de {age} ans." if age is not None else " ; l’âge n’est pas connu."
    )
    return bench.line(
        Rule.AGE,
        LineOutcome.RESPECTED if is_in else LineOutcome.BLOCKING,
        sentence,
        article=bench.rules.age_article,
        age=age,
        min=ages[0],
        max=ages[-1],
    )


def _residence(bench: _Bench) -> Line:
    minimum, months = bench.rules.residence_months, bench.file.situation.residence_months
    if not minimum or not bench.regime.residence_allowed:
        return bench.line(
            Rule.RESIDENCE,
            LineOutcome.NOT_APPLICABLE,
            "Aucune durée de résidence n’est exigée.",
            article=bench.rules.residence_article,
        )
    is_met = months is not None and months >= minimum
    return bench.line(
        Rule.RESIDENCE,
        LineOutcome.RESPECTED if is_met else LineOutcome.TO_COMMISSION,
        f"Une résidence de {minimum} mois dans le département est demandée.",
        article=bench.rules.residence_article,
        months=months,
        minimum=minimum,
    )


def _obligation_alimentaire(bench: _Bench) -> Line:
    applies = bench.rules.obligation_alimentaire and bench.regime.obligation_alimentaire_allowed
    return bench.line(
        Rule.OBLIGATION_ALIMENTAIRE,
        LineOutcome.RESPECTED if applies else LineOutcome.NOT_APPLICABLE,
        "Le soutien des obligés alimentaires est examiné dans la note sociale."
        if applies
        else "L’aide de la famille n’est pas prise en compte.",
        article=bench.regime.source,
    )


def _reste_a_vivre(bench: _Bench) -> Line:
    limit, value = bench.rules.reste_a_vivre, bench.file.situation.reste_a_vivre_cents()
    is_under = value <= limit.cents
    return bench.line(
        Rule.RESTE_A_VIVRE,
        LineOutcome.RESPECTED if is_under else bench.past(limit.exceeded),
        f"Le reste à vivre est de {euros(value)} par personne et par jour, "
        f"pour un barème de {euros(limit.cents)}.",
        article=limit.article,
        reste_a_vivre_cents=value,
        max_cents=limit.cents,
        persons=bench.file.situation.persons,
    )


def _plafond(bench: _Bench) -> Line:
    limit, children = bench.rules.plafond, bench.file.situation.children
    most = limit.for_children(children)
    is_under = bench.file.amount_cents <= most
    return bench.line(
        Rule.PLAFOND,
        LineOutcome.RESPECTED if is_under else bench.past(limit.exceeded),
        f"Le montant examiné est de {euros(bench.file.amount_cents)}, "
        f"pour un plafond de {euros(most)}.",
        article=limit.article,
        amount_cents=bench.file.amount_cents,
        max_cents=most,
        children=children,
    )


def _plafond_annuel(bench: _Bench) -> Line:
    limit = bench.rules.plafond_annuel
    already = sum(
        aid.amount_cents
        for aid in bench.file.history
        if aid.nature is bench.file.nature and aid.decided_on.year == bench.file.on.year
    )
    is_under = already + bench.file.amount_cents <= limit.cents
    return bench.line(
        Rule.PLAFOND_ANNUEL,
        LineOutcome.RESPECTED if is_under else bench.past(limit.exceeded),
        f"{euros(already)} déjà accordés cette année pour cette aide, "
        f"pour un plafond annuel de {euros(limit.cents)}.",
        article=limit.article,
        already_cents=already,
        max_cents=limit.cents,
    )


def _cumul(bench: _Bench) -> Line:
    rule, on = bench.rules.cumul, bench.file.on
    this_year = [aid for aid in bench.file.history if aid.decided_on.year == on.year]
    count = sum(aid.nature in rule.counted for aid in this_year)
    clashes = sorted(
        {
            str(aid.nature)
            for aid in this_year
            if aid.decided_on.month == on.month and aid.nature in rule.never_same_month
        }
    )
    is_under = count < rule.max_per_year and not clashes
    same_month = f" ; aide incompatible le même mois : {', '.join(clashes)}" if clashes else ""
    return bench.line(
        Rule.CUMUL,
        LineOutcome.RESPECTED if is_under else bench.past(rule.exceeded),
        f"{count} aide(s) déjà accordée(s) cette année, pour {rule.max_per_year} au plus"
        f"{same_month}.",
        article=rule.article,
        count=count,
        max=rule.max_per_year,
        same_month=clashes,
    )


def _suivi(bench: _Bench) -> Line:
    follow_up = bench.file.situation.follow_up
    if not bench.regime.follow_up_required:
        return bench.line(
            Rule.SUIVI, LineOutcome.NOT_APPLICABLE, "Aucun suivi n’est exigé.", article=""
        )
    return bench.line(
        Rule.SUIVI,
        LineOutcome.RESPECTED if follow_up else LineOutcome.BLOCKING,
        "Un suivi accompagne l’aide."
        if follow_up
        else "L’aide suppose un suivi : indiquez qui l’assure.",
        article=bench.regime.source,
        follow_up=follow_up,
    )


def _enveloppe(bench: _Bench) -> Line:
    available, amount = bench.file.available_cents, bench.file.amount_cents
    is_enough = available is not None and available >= amount
    past = LineOutcome.BLOCKING if bench.regime.envelope_is_hard_stop else LineOutcome.TO_COMMISSION
    state = "aucune enveloppe n’est ouverte" if available is None else euros(available)
    return bench.line(
        Rule.ENVELOPPE,
        LineOutcome.RESPECTED if is_enough else past,
        f"Crédits disponibles : {state}, pour {euros(amount)}.",
        article="Budget départemental"
        if bench.regime.envelope_is_hard_stop
        else "CASF L223-1 ; CE 29/05/2019 n° 417467",
        available_cents=available,
        amount_cents=amount,
    )


_RULES = {
    Rule.PUBLIC: _public,
    Rule.AGE: _age,
    Rule.RESIDENCE: _residence,
    Rule.OBLIGATION_ALIMENTAIRE: _obligation_alimentaire,
    Rule.RESTE_A_VIVRE: _reste_a_vivre,
    Rule.PLAFOND: _plafond,
    Rule.PLAFOND_ANNUEL: _plafond_annuel,
    Rule.CUMUL: _cumul,
    Rule.SUIVI: _suivi,
    Rule.ENVELOPPE: _enveloppe,
}
