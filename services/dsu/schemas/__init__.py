"""What goes in and out of dsu over HTTP."""
