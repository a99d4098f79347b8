"""The admin: wallets, transactions and limits by the ledger; the rest is there to be read.

`pages` is what they have in common: a refusal of the ledger is shown, never a failure, and
no page counts or sorts a table of millions.
"""

from django.contrib import admin

from wallet_transaction_api.admin.audit import AuditRecordAdmin
from wallet_transaction_api.admin.holds import HoldAdmin
from wallet_transaction_api.admin.journal import EntryAdmin
from wallet_transaction_api.admin.limits import LimitAdmin
from wallet_transaction_api.admin.login import LoginForm
from wallet_transaction_api.admin.seals import SealAdmin
from wallet_transaction_api.admin.transactions import TransactionAdmin
from wallet_transaction_api.admin.transfers import TransferAdmin
from wallet_transaction_api.admin.users import UserAdmin
from wallet_transaction_api.admin.wallets import WalletAdmin

admin.site.login_form = LoginForm

__all__ = [
    "AuditRecordAdmin",
    "EntryAdmin",
    "HoldAdmin",
    "LimitAdmin",
    "SealAdmin",
    "TransactionAdmin",
    "TransferAdmin",
    "UserAdmin",
    "WalletAdmin",
]
