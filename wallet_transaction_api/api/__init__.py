"""The HTTP faces: each view translates, makes one call into the ledger, translates back."""
