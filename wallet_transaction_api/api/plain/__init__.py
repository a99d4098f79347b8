"""The plain JSON faces: the user's own wallet with the accounts, and the operations.

A request passes: `endpoints` (credential, rate, method) → `fields` (form or JSON) → one call of
the ledger → `answers`. Every refusal is an object with `error` for people and `code` for
programs; `refusals` writes it, also for what the ledger and the database refuse.
"""
