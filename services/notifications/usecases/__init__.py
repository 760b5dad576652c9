"""What notifications does: plan messages, stop them, record receipts, let agents look."""
