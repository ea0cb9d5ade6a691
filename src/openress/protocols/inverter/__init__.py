"""Dialects that batteries and gateways speak to inverters."""
