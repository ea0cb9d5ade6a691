"""Dialects in which batteries answer."""
