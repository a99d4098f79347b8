"""Two migration tools run as one: Django's own the ledger's tables, Alembic the rest.

`revisions` runs Alembic and tells its state; `guards` are the journal's triggers and `indexes`
the online index, which revisions bring and `state` misses when Django's tables lost them. `lock`
lets one migration run at a time, `engine` is SQLAlchemy's way to Django's database (used by
Alembic only).
"""
