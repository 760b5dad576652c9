"""The waiting list: who is in it, and what is offered to them."""
