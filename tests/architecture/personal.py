"""Words that name what identifies a person, or what is written about them."""

from __future__ import annotations

import re

#: Whole words of a field's name, in the singular; `nomenclature` is no `nom`.
_WORDS = frozenset(
    """
    name nom prenom first last family given surname patronyme pseudonym
    birth born naissance age nationality nationalite gender sexe
    phone telephone tel mobile sms email mail courriel contact
    address adresse street rue voie
    nir ssn insee iban bic
    note comment commentaire text texte motive label libelle sentence free
    language langue picture photo
    """.split()
)
#: Parts of words run together: `birthdate`, `firstname`, `phonenumber`.
_PARTS = ("birth", "firstname", "lastname", "surname", "fullname", "prenom", "phone", "adresse")


def personal_words(field: str) -> set[str]:
    """The personal words of a field's name: none for one that may leave its service."""
    words = {word.removesuffix("s") for word in re.split(r"_|(?<=[a-z])(?=[A-Z])", field)}
    words = {word.lower() for word in words}
    return words & _WORDS | {part for part in _PARTS if part in field.lower()}
