"""Whatever the portal sends, with whatever role: a clear answer, never a 5xx."""
