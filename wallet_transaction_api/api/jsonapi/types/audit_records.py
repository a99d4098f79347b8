"""The type `audit-records`: who did what, read-only, for staff, in the order of time."""

from wallet_transaction_api.api.jsonapi import kinds
from wallet_transaction_api.api.jsonapi.resources import Attribute, Resource, by_name
from wallet_transaction_api.api.permissions import visible_audit_records
from wallet_transaction_api.models import AuditRecord

AUDIT_RECORDS = Resource(
    type="audit-records",
    alias="audit-records",
    currency="",
    reserved=AuditRecord,
    order=("created_at", "id"),
    visible=visible_audit_records,
    attributes=by_name(
        [
            Attribute("subject_type", kinds.choice(AuditRecord.Subject.values), sortable=False),
            Attribute("subject_id", kinds.INTEGER, sortable=False),
            Attribute("wallet_id", kinds.INTEGER, sortable=False),
            Attribute("action", kinds.choice(AuditRecord.Action.values), sortable=False),
            Attribute("actor", kinds.TEXT, sortable=False),
            Attribute("actor_id", kinds.INTEGER, nullable=True),
            Attribute("request_id", kinds.TEXT, nullable=True),
            Attribute("before", kinds.JSON, nullable=True),
            Attribute("after", kinds.JSON, nullable=True),
            Attribute("created_at", kinds.INSTANT),
        ]
    ),
    relationships={},
)
