"""The service desk: what a person has packs told, read, changed and ordered, one job at a time on a line."""
