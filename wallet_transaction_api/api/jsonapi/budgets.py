"""How much one document may hold: a bound on what is included, in resources and in bytes.

Without one, a request of a hundred bytes builds an answer of tens of megabytes, and a few of
them at once take the server's memory.
"""

#: Resources in the `included` of one document.
MOST_RESOURCES = 1000
#: Bytes of one document: what would exceed them is not included. Primary data alone stays below
#: (docs/jsonapi.md, "How large an answer is").
LARGEST_DOCUMENT = 8 * 1024 * 1024
#: What a resource takes in the linkage that leads to it, and in links to the rest of it.
_LINKAGE = 256


class Budget:
    """What is left of the bounds for one document."""

    def __init__(self) -> None:
        self._resources = MOST_RESOURCES
        self._bytes = LARGEST_DOCUMENT

    def charge(self, text: str) -> None:
        """Count a primary resource, which is shown however large it is."""
        self._bytes -= len(text.encode()) + _LINKAGE

    def affords(self, text: str) -> bool:
        """Count a resource to be included, if there is room; once there was not, none fits."""
        self.charge(text)
        self._resources = 0 if self._bytes < 0 else self._resources - 1
        return self._resources >= 0 and self._bytes >= 0

    @property
    def is_spent(self) -> bool:
        """Whether nothing more fits."""
        return self._resources <= 0
