"""What the service is compared with: small Django projects, on the same server and settings.

`empty` does nothing; `orm` is what a Django engineer writes first; `dja` is
djangorestframework-jsonapi as its own documentation sets it up. They run behind the service's own
middlewares and credential check, as what a user would otherwise have written does. None of them
keeps a journal or caches.
"""
