"""Words of ours in each language, and what other makers and people call the same; a search for one finds the other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["ALIASES"]

ALIASES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "en": {
            "master": ("host", "master pack", "pack 1"),
            "breaker": ("master switch", "mcb", "circuit breaker"),
            "link": ("cascade", "parallel port", "rs485-2"),
            "address": ("dip", "add", "toggle", "id"),
            "switches": ("dip", "toggles"),
            "cable": ("rj45", "patch", "wire", "t-568b"),
            "charge": ("soc",),
            "over-voltage": ("ov", "ovp", "overvoltage"),
            "under-voltage": ("uv", "uvp", "undervoltage"),
            "over-current": ("oc", "ocp", "overcurrent"),
            "temperature": ("hot", "cold", "ot", "ut"),
        },
        "de": {
            "master": ("host", "hauptpack"),
            "schutzschalter": ("mcb", "leitungsschutzschalter", "hauptschalter", "sicherung", "breaker"),
            "link": ("kaskade", "parallelanschluss", "rs485-2"),
            "adresse": ("dip", "add", "id"),
            "schalter": ("dip", "dip-schalter"),
            "kabel": ("rj45", "patch", "patchkabel", "leitung", "draht", "t-568b"),
            "ladezustand": ("soc", "ladung"),
            "überspannung": ("ov", "ovp"),
            "unterspannung": ("uv", "uvp"),
            "überstrom": ("oc", "ocp"),
            "zu heiß": ("ot", "übertemperatur", "hitze", "temperatur"),
            "zu kalt": ("ut", "untertemperatur", "frost", "kälte", "temperatur"),
        },
        "es": {
            "maestro": ("host", "principal", "master"),
            "disyuntor": ("mcb", "magnetotérmico", "breaker", "interruptor"),
            "link": ("cascada", "paralelo", "rs485-2"),
            "dirección": ("dip", "add", "id"),
            "interruptores": ("dip", "microinterruptores"),
            "cable": ("rj45", "patch", "hilo", "t-568b"),
            "estado de carga": ("soc",),
            "sobretensión": ("ov", "ovp", "sobrevoltaje"),
            "subtensión": ("uv", "uvp", "subvoltaje"),
            "sobrecorriente": ("oc", "ocp", "sobreintensidad"),
            "demasiado calor": ("ot", "sobretemperatura", "temperatura"),
            "demasiado caliente": ("ot", "sobretemperatura", "temperatura"),
            "demasiado frío": ("ut", "helada", "temperatura"),
        },
        "zh": {
            "主机": ("host", "master", "主包"),
            "断路器": ("mcb", "breaker", "空开", "总开关"),
            "link": ("级联", "并联口", "rs485-2"),
            "地址": ("dip", "add", "id"),
            "拨码": ("dip", "add"),
            "线缆": ("rj45", "网线", "水晶头", "t-568b"),
            "荷电状态": ("soc", "电量"),
            "过压": ("ov", "ovp", "过充"),
            "欠压": ("uv", "uvp", "过放"),
            "过流": ("oc", "ocp"),
            "高温": ("ot", "过温", "温度"),
            "低温": ("ut", "温度"),
        },
    }
)
"""Language -> our word -> the words of others (INC-29)."""
