"""Thin edges: one library or device each, nothing decided here."""
