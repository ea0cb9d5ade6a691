"""OpenRESS: the open battery-side stack for rack-type 48 V / 51.2 V LiFePO4 storage."""

__version__ = "0.1.0"

__all__ = ["__version__"]
