#!/usr/bin/env python
"""The command line: Django's commands and ours."""

from wallet_transaction_api.__main__ import main

if __name__ == "__main__":
    main()
