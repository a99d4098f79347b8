"""Accounts: usernames in one normal form, and what a user of ours has beside Django's own row."""
