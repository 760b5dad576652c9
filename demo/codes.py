"""Stable codes drawn from names, as accueil takes them."""

from __future__ import annotations

import re
import unicodedata


def code_of(name: str) -> str:
    """`Valence d’Agen` → `VALENCE-D-AGEN`."""
    apart = name.replace("’", " ").replace("œ", "oe").replace("Œ", "OE")
    plain = unicodedata.normalize("NFKD", apart).encode("ascii", "ignore").decode().upper()
    return re.sub(r"[^A-Z0-9]+", "-", plain).strip("-")
