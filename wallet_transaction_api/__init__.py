"""Wallet Transaction API: wallets and transactions that other software trusts with money."""
