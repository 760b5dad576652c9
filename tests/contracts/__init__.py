"""The contracts between services: one schema and one example per fact, held on both sides."""
