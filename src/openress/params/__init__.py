"""What can be set on a battery management system, within which bounds, and valid sets of such values."""

from openress.params.parameter import Access, Each, Envelope, Pace, Parameter, Ratings
from openress.params.rules import RULES, Rule
from openress.params.strict import stricter
from openress.params.table import BY_KEY, FIXED, GROUPS, PARAMETERS, RANGES
from openress.params.values import SENTENCES, Bounds, ParameterSet, Problem, Rounded, accepted, bounds, problems

__all__ = [
    "BY_KEY",
    "FIXED",
    "GROUPS",
    "PARAMETERS",
    "RANGES",
    "RULES",
    "SENTENCES",
    "Access",
    "Bounds",
    "Each",
    "Envelope",
    "Pace",
    "Parameter",
    "ParameterSet",
    "Problem",
    "Ratings",
    "Rounded",
    "Rule",
    "accepted",
    "bounds",
    "problems",
    "stricter",
]
