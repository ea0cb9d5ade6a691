"""Every dialect by name, those of packs first."""

from __future__ import annotations

from openress.protocols.inverterdialects import INVERTER_DIALECTS
from openress.protocols.packdialects import PACK_DIALECTS

__all__ = ["DIALECTS"]

DIALECTS = {dialect.name: dialect for dialect in (*PACK_DIALECTS, *INVERTER_DIALECTS)}
