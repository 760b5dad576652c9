"""The kit every service stands on. It knows no word of the trade."""
