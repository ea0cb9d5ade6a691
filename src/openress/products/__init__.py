"""Battery products: what their makers publish, one data file each, and what is unknown about them."""

from openress.products.port import PINS, Port, PortUse, Signal
from openress.products.product import Lamps, Loop, Product, Recharge, Setting
from openress.products.reading import SECTIONS, product_from_mapping
from openress.products.switch import AddressSwitch, Role, SwitchRow

__all__ = [
    "PINS",
    "SECTIONS",
    "AddressSwitch",
    "Lamps",
    "Loop",
    "Port",
    "PortUse",
    "Product",
    "Recharge",
    "Role",
    "Setting",
    "Signal",
    "SwitchRow",
    "product_from_mapping",
]
