"""Battery products: what their makers publish, one data file each, and what is unknown about them."""

from openress.products.product import Lamps, Product
from openress.products.reading import SECTIONS, product_from_mapping
from openress.products.switch import AddressSwitch, Role, SwitchRow

__all__ = ["SECTIONS", "AddressSwitch", "Lamps", "Product", "Role", "SwitchRow", "product_from_mapping"]
