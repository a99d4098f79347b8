"""What the service is compared with: small Django projects, on the same server and settings.

`empty` does nothing; `orm` is what a Django engineer writes first; `dja` is
djangorestframework-jsonapi as its own documentation sets it up. None of them authenticates,
keeps a journal or caches: every doubt is decided in their favour.
"""
