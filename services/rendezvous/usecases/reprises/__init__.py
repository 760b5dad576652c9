"""The rendezvous of those who are absent or have left."""
