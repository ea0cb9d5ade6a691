"""Who may do what: people, their roles, sessions and tokens."""

from openress.accounts.book import Account, AccountBook, Token
from openress.accounts.ledger import ACCOUNTS_FILE, Ledger
from openress.accounts.roles import Caller, Role

__all__ = ["ACCOUNTS_FILE", "Account", "AccountBook", "Caller", "Ledger", "Role", "Token"]
