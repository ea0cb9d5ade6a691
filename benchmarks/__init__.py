"""Measurements: what an operation costs on this machine. `make bench` runs them all."""
