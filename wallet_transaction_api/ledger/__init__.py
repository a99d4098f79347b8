"""The only writer of money: locks wallets, decides by pure rules, appends to the journal.

Verbs: `posting.post`, `amending.amend`, `amending.reverse`, `wallets.open_wallet`,
`wallets.edit`, `wallets.close`, `transfers.transfer`, `transfers.amend`,
`transfers.reverse`, `holds.place`, `holds.capture`, `holds.void`, `limits.set_limit`,
`limits.change`, `limits.remove`. Refusals: `errors`. Reads: `balances`.
"""
