"""The gateway: what a rack allows, told to an inverter in its own dialect, and nothing told that is not known."""
