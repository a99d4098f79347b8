"""Entity tags: https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.

A tag is a digest of the whole answer, so it differs per query, caller and media type. One
resource's tag also names its version: a change may be made conditional on the version by any
representation's tag, whatever was included in it.
"""

import re
from hashlib import blake2b

#: A resource and its version, as the tags of its representations begin.
Subject = str
_TAG = re.compile(r'(W/)?"([^"]*)"')


def subject(kind: str, key: object, version: object) -> Subject:
    """Return what tags of a resource at a version have in common."""
    return f"{kind}.{key}.{version}"


def of(body: bytes, content_type: str, about: Subject | None) -> str:
    """Return the tag of an answer; `about` is its one resource, if that has versions."""
    digest = blake2b(b"%s\n%s" % (content_type.encode(), body), digest_size=12).hexdigest()
    return f'"{about}.{digest}"' if about else f'"{digest}"'


def is_known(header: str, tag: str) -> bool:
    """Tell whether an `If-None-Match` names the tag; weak comparison."""
    return header.strip() == "*" or tag.strip('"') in {name for _, name in _TAG.findall(header)}


def allows(header: str, about: Subject | None, *, weakly: bool = False) -> bool:
    """Tell whether a header names a tag of this resource and version; strong comparison or weak."""
    if header.strip() == "*":
        return True
    found = _TAG.findall(header)
    return about in {name.rpartition(".")[0] for weak, name in found if weakly or not weak}
