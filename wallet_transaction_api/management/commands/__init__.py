"""One module a command; each is a thin call into the ledger or a reading of it."""
