"""JSON:API 1.1 under `/api/`: wallets and transactions.

A request passes: `negotiation` (media types) → permissions → `parameters` (strict query) →
`documents` (strict body) → one call in `commands` → `reading` and `objects` (the answer).
What the resources are is declared in `types`; every refusal is a `problems.Refused`.
"""
