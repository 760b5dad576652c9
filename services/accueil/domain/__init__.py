"""The trade of reception, by aggregate: annuaire, personne, contact, visite, orientation."""
