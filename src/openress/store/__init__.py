"""What outlives a run: events, settings and their journal, charge, lock-out and power state of every pack."""

from openress.store.database import Store
from openress.store.jobs import Acknowledgement
from openress.store.pack import PackStore
from openress.store.thread import PackWriter, StoreThread
from openress.store.trouble import NotKeptError
from openress.store.values import DONE, EventKind, JournalEntry, Orders, Power, SavedState, StoredRecord

__all__ = [
    "DONE",
    "Acknowledgement",
    "EventKind",
    "JournalEntry",
    "NotKeptError",
    "Orders",
    "PackStore",
    "PackWriter",
    "Power",
    "SavedState",
    "Store",
    "StoreThread",
    "StoredRecord",
]
