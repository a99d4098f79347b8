"""djangorestframework-jsonapi, set up by its own documentation."""
