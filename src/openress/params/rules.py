"""The rules between parameters: which threshold must lie on which side of which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["RULES", "Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One parameter must stay below another, or not above it where `may_equal`.

    Attributes:
        name: what an error calls it.
        lower: key of the one that must be lower.
        upper: key of the one that must be higher.
        may_equal: whether both may be the same.
        sentence: the rule in words, with its reason.
    """

    name: str
    lower: str
    upper: str
    may_equal: bool
    sentence: str

    @property
    def keys(self) -> tuple[str, str]:
        """The two parameters it is about."""
        return self.lower, self.upper

    def holds(self, values: Mapping[str, float]) -> bool:
        """Tell whether a complete set of values keeps the rule."""
        lower, upper = values[self.lower], values[self.upper]
        return lower <= upper if self.may_equal else lower < upper


WARN_FIRST = "the alarm must warn before the protection trips"
LET_GO = "a protection must not release while the pack is still in alarm"
NO_CHATTER = "a release inside the protection would trip again at once"
COLDER = "a release must be no colder than the alarm"
HOTTER = "a release must be no hotter than the alarm"

BELOW, UP_TO = False, True

# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("pack-ov-protect-above-alarm",     "pack_ov_alarm_v",        "pack_ov_protect_v",       BELOW, WARN_FIRST),
    Rule("pack-ov-alarm-above-release",     "pack_ov_release_v",      "pack_ov_alarm_v",         BELOW, LET_GO),
    Rule("cell-ov-protect-above-alarm",     "cell_ov_alarm_mv",       "cell_ov_protect_mv",      BELOW, WARN_FIRST),
    Rule("cell-ov-alarm-above-release",     "cell_ov_release_mv",     "cell_ov_alarm_mv",        BELOW, LET_GO),
    Rule("pack-uv-protect-below-alarm",     "pack_uv_protect_v",      "pack_uv_alarm_v",         BELOW, WARN_FIRST),
    Rule("pack-uv-release-above-protect",   "pack_uv_protect_v",      "pack_uv_release_v",       BELOW, NO_CHATTER),
    Rule("cell-uv-protect-below-alarm",     "cell_uv_protect_mv",     "cell_uv_alarm_mv",        BELOW, WARN_FIRST),
    Rule("cell-uv-release-above-protect",   "cell_uv_protect_mv",     "cell_uv_release_mv",      BELOW, NO_CHATTER),
    Rule("charge-oc-protect-above-alarm",   "charge_oc_alarm_a",      "charge_oc_protect_a",     BELOW, WARN_FIRST),
    Rule("discharge-oc-protect-above-alarm", "discharge_oc_alarm_a",  "discharge_oc_protect_a",  BELOW, WARN_FIRST),
    Rule("charge-ot-protect-above-alarm",   "charge_ot_alarm_c",      "charge_ot_protect_c",     BELOW, WARN_FIRST),
    Rule("charge-ot-release-up-to-alarm",   "charge_ot_release_c",    "charge_ot_alarm_c",       UP_TO, HOTTER),
    Rule("discharge-ot-protect-above-alarm", "discharge_ot_alarm_c",  "discharge_ot_protect_c",  BELOW, WARN_FIRST),
    Rule("discharge-ot-release-up-to-alarm", "discharge_ot_release_c", "discharge_ot_alarm_c",   UP_TO, HOTTER),
    Rule("mos-ot-protect-above-alarm",      "mos_ot_alarm_c",         "mos_ot_protect_c",        BELOW, WARN_FIRST),
    Rule("mos-ot-release-up-to-alarm",      "mos_ot_release_c",       "mos_ot_alarm_c",          UP_TO, HOTTER),
    Rule("env-ot-protect-above-alarm",      "env_ot_alarm_c",         "env_ot_protect_c",        BELOW, WARN_FIRST),
    Rule("env-ot-release-up-to-alarm",      "env_ot_release_c",       "env_ot_alarm_c",          UP_TO, HOTTER),
    Rule("charge-ut-protect-below-alarm",   "charge_ut_protect_c",    "charge_ut_alarm_c",       BELOW, WARN_FIRST),
    Rule("charge-ut-release-from-alarm",    "charge_ut_alarm_c",      "charge_ut_release_c",     UP_TO, COLDER),
    Rule("discharge-ut-protect-below-alarm", "discharge_ut_protect_c", "discharge_ut_alarm_c",   BELOW, WARN_FIRST),
    Rule("discharge-ut-release-from-alarm", "discharge_ut_alarm_c",   "discharge_ut_release_c",  UP_TO, COLDER),
    Rule("env-ut-protect-below-alarm",      "env_ut_protect_c",       "env_ut_alarm_c",          BELOW, WARN_FIRST),
    Rule("env-ut-release-from-alarm",       "env_ut_alarm_c",         "env_ut_release_c",        UP_TO, COLDER),
)
"""Every ordering that a set of values must keep; chosen by us so that the printed defaults keep them all."""
# fmt: on
