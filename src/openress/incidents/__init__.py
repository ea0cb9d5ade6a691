"""The flight recorder: what was on the buses and what was decided around every event, kept to be run again."""
