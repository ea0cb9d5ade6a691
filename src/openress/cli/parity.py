"""Which verb does what a route of the API does: whatever the page can, a command can."""

from __future__ import annotations

__all__ = ["EXEMPT", "VERB_OF"]

VERB_OF = {
    "GET /api/snapshot": "top --json",
    "GET /api/stream": "top",
    "GET /api/ports": "ports",
    "GET /api/connection": "top --json",
    "GET /api/connection/choices": "dialects",
    "POST /api/scan": "scan",
    "GET /api/packs/{pack}/parameters": "params read",
    "POST /api/packs/{pack}/parameters/read": "params read",
    "POST /api/packs/{pack}/parameters/plan": "params write",
    "POST /api/packs/{pack}/parameters/write": "params write",
    "POST /api/packs/{pack}/parameters/restore": "params restore",
    "POST /api/packs/{pack}/parameters/undo": "params undo",
    "POST /api/packs/{pack}/parameters/clone": "params clone",
    "POST /api/packs/{pack}/parameters/recover": "params recover",
    "GET /api/journal": "params journal",
    "GET /api/packs/{pack}/system": "control protocol",
    "POST /api/packs/{pack}/system/read": "control protocol",
    "POST /api/packs/{pack}/controls/{control}": "control buzzer",
    "POST /api/packs/{pack}/switches/{control}": "control mos",
    "POST /api/packs/{pack}/clock": "control clock",
    "POST /api/packs/{pack}/protocol": "control protocol",
    "GET /api/packs/{pack}/logs": "logs read",
    "POST /api/packs/{pack}/logs/read": "logs read",
    "GET /api/packs/{pack}/logs.csv": "logs export",
    "GET /api/explain": "explain",
    "GET /api/history": "history",
    "GET /api/history/sources": "history",
    "GET /api/events": "history",
    "GET /api/health": "history",
    "GET /api/help": "help",
    "GET /api/lamps": "lamps",
    "GET /api/install/plan": "plan",
    "GET /api/install/plan.svg": "plan --svg",
    "GET /api/install/cable.svg": "cable --svg",
    "GET /api/install/dip.svg": "dip",
    "GET /api/reminders": "storage",
    "GET /api/reminders.ics": "storage --ics",
}
"""The verb that does the same, for each route; the first of several."""

EXEMPT = {
    "GET /api/recent": "the charts' last fifteen minutes; `history` has them and all before",
    "POST /api/connection": "every verb connects by the LINK it is given; `up --config` is told what to connect",
    "DELETE /api/connection": "a verb disconnects when it ends",
    "GET /api/jobs": "a verb is its own job: it tells its progress, and Ctrl-C stops it",
    "GET /api/jobs/{number}": "likewise",
    "GET /api/jobs/{number}/stream": "likewise",
    "POST /api/jobs/{number}/stop": "likewise",
    "DELETE /api/packs/{pack}/logs": "clears a view of the page; the pack keeps its records",
    "GET /metrics": "for Prometheus; `top --json` has the values",
}
"""Routes that need no verb, and why."""
