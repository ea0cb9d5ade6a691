"""The packs on one line: asking them, one at a time, by address."""
