"""The OpenAPI 3.1 document of every face, written from the declarations that the faces run by.

`members` (attributes and filters) → `resources` (documents of each type) → `resource_paths`;
`plain_paths` for the other faces; `generator` puts them together for drf-spectacular, whose
command writes `openapi.yaml` and whose sidecar brings Swagger UI; `pages` serves both.
"""
