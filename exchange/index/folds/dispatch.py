"""Which fold an event has, by contract and name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zkpipe.exchange.index.events import Event
from zkpipe.exchange.index.folds import credentials, data, people, uses
from zkpipe.exchange.index.rows import Rows

Fold = Callable[[Rows, Event], None]

VERSION = 2  # one more with every change of a table or a fold: an index then folds anew

FOLDS: Mapping[tuple[str, str], Fold] = {
    ("IdentityRegistry", "DIDOwnerChanged"): people.owner_changed,
    ("IdentityRegistry", "DIDDelegateChanged"): people.delegate_changed,
    ("IdentityRegistry", "DIDAttributeChanged"): people.attribute_changed,
    ("CircuitRegistry", "CircuitProposed"): data.proposed,
    ("CircuitRegistry", "CircuitApproved"): data.approved,
    ("CircuitRegistry", "CircuitRetired"): data.retired,
    ("CircuitRegistry", "AuditorKeySet"): data.auditor_key_set,
    ("CircuitRegistry", "CouncilSet"): data.council_set,
    ("CircuitRegistry", "Authorised"): data.authorised,
    ("CredentialRegistry", "TemplateDefined"): credentials.defined,
    ("CredentialRegistry", "TemplateDeprecated"): credentials.deprecated,
    ("CredentialRegistry", "IssuerSet"): credentials.issuer_set,
    ("CredentialRegistry", "RevocationSet"): credentials.revocation_set,
    ("CredentialRegistry", "Enrolled"): credentials.enrolled,
    ("DataCatalogue", "LineageRegistered"): data.registered,
    ("DataCatalogue", "VersionPublished"): data.published,
    ("DataCatalogue", "CircuitAllowed"): data.circuit_allowed,
    ("DataCatalogue", "StateSet"): data.state_set,
    ("DataCatalogue", "BitsHeld"): data.bits_held,
    ("DataCatalogue", "BitsSpent"): data.bits_spent,
    ("DataCatalogue", "BitsReleased"): data.bits_released,
    ("UsageGrants", "BoardSet"): uses.board_set,
    ("UsageGrants", "Requested"): uses.requested,
    ("UsageGrants", "Approved"): uses.approved,
    ("UsageGrants", "Withdrawn"): uses.withdrawn,
    ("UsageGrants", "Closed"): uses.closed,
    ("UsageGrants", "TicketTaken"): uses.ticket_taken,
    ("UsageGrants", "TicketUsed"): uses.ticket_used,
    ("UsageGrants", "TicketDropped"): uses.ticket_dropped,
    ("JobBoard", "JobOpened"): uses.job_opened,
    ("JobBoard", "StepProved"): uses.step_proved,
    ("JobBoard", "StepDelivered"): uses.step_delivered,
    ("JobBoard", "JobClosed"): uses.job_closed,
    ("JobBoard", "JobEnded"): uses.job_ended,
    ("EvidenceLedger", "Appended"): uses.appended,
    ("EvidenceLedger", "Recorded"): uses.recorded,
    ("EvidenceLedger", "Opened"): uses.opened,
    ("EvidenceLedger", "Confirmed"): uses.confirmed,
    ("Settlement", "Issued"): people.issued,
    ("Settlement", "Allowed"): people.allowed,
    ("Settlement", "Locked"): people.locked,
    ("Settlement", "Paid"): people.paid,
    ("Settlement", "Refunded"): people.refunded,
}


def fold(rows: Rows, event: Event) -> None:
    """Change the rows as an event says. Raises LookupError if what it speaks of is not there."""
    function = FOLDS.get((event.contract, event.name))
    if function is not None:
        function(rows, event)
