"""From the crate to the first cycle: switches, cables, wiring plans, settings, storage and commissioning."""
