"""The rules of the single social case file. Knows neither HTTP nor SQL."""
