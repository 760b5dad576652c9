"""The six services of the platform. None imports another; they share facts, never code."""
