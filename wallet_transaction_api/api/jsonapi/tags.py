"""Entity tags: https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.

A tag is a digest of the whole answer, so it differs per query, caller and media type. One
resource's tag also names its version: a change may be made conditional on the version by any
representation's tag, whatever was included in it.

Proxies that compress an answer change its tag: nginx and others make it weak (`W/"…"`), Apache
and others add a suffix (`"…-gzip"`). Both forms name the same version and count as the tag that
we sent (docs/decisions/0071-weakened-tags-name-a-version.md).
"""

import re
from hashlib import blake2b

#: A resource and its version, as the tags of its representations begin.
Subject = str
_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_DIGEST_BYTES = 12
#: What servers add to a tag when they compress: Apache, Caddy, Jetty.
_SUFFIX = re.compile(r"--?(gzip|br|zstd|deflate)\Z")
_DIGEST = re.compile(rf"[0-9a-f]{{{2 * _DIGEST_BYTES}}}")


def subject(kind: str, key: object, version: object) -> Subject:
    """Return what tags of a resource at a version have in common."""
    return f"{kind}.{key}.{version}"


def of(body: bytes, content_type: str, about: Subject | None) -> str:
    """Return the tag of an answer; `about` is its one resource, if that has versions."""
    text = b"%s\n%s" % (content_type.encode(), body)
    digest = blake2b(text, digest_size=_DIGEST_BYTES).hexdigest()
    return f'"{about}.{digest}"' if about else f'"{digest}"'


def is_known(header: str, tag: str) -> bool:
    """Tell whether an `If-None-Match`, or an `If-Match` on a read, names the tag."""
    return header.strip() == "*" or tag.strip('"') in _names(header)


def allows(header: str, about: Subject | None) -> bool:
    """Tell whether a header names a tag of this resource and version, weakened or not."""
    if header.strip() == "*":
        return True
    parts = (name.rpartition(".") for name in _names(header))
    return about in {named for named, _, digest in parts if _DIGEST.fullmatch(digest)}


def _names(header: str) -> set[str]:
    """Return the tags of a header as we sent them."""
    return {_SUFFIX.sub("", name) for name in _TAG.findall(header)}
