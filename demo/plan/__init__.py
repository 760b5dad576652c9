"""The year, act by act, before anything is asked of a service: pure, drawn from a seed."""
