"""What runs inside the service's own Django, on the database of its environment.

`python -m bench.inside <command>`; each command prints one line of JSON.
"""
