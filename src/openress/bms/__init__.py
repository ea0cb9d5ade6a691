"""The battery management itself."""
