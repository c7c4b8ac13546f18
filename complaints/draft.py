"""The form of three steps between its pages: kept in the session, personal parts sealed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from django.http import HttpRequest

from accounts.models import Organization
from complaints import attachments, organizations, sealing
from complaints.organizations import Concerned
from complaints.workflow.complaints import Filing, Sender

SESSION_KEY, RECEIPT_KEY = "complaint_draft", "complaint_receipt"


@dataclass
class Draft:
    kind: str = ""
    organization: str = ""
    about: str = ""
    concerned: str = ""
    service_step: str = ""
    subject: str = ""
    text: str = ""
    files: list[str] = field(default_factory=list)
    contact: str = ""  # sealed: what was typed in step 2
    subject_done: bool = False
    contact_done: bool = False

    @property
    def asks_contact(self) -> bool:
        return self.kind != "report"

    @property
    def is_complete(self) -> bool:
        return self.subject_done and (self.contact_done or not self.asks_contact)

    def keep_contact(self, content: dict[str, Any]) -> None:
        self.contact = sealing.seal(content).decode()

    def read_contact(self) -> dict[str, Any]:
        if not self.contact:
            return {}
        try:
            return sealing.unseal(self.contact.encode())
        except ValueError:
            return {}

    def sender(self) -> Sender | None:
        kept = self.read_contact().get("sender") if self.asks_contact else None
        return Sender(**kept) if kept else None

    def chosen(self, offered: list[Organization]) -> tuple[Organization | None, Concerned | None]:
        organization = next((row for row in offered if str(row.pk) == self.organization), None)
        found = (
            organizations.by_key(organization, self.concerned) if organization and self.concerned else None
        )
        return organization, found

    def filing(self, organization: Organization, concerned: Concerned | None) -> Filing:
        """What is filed; the files now belong to the organization."""
        return Filing(
            organization=organization,
            kind=self.kind,
            subject=self.subject,
            text=self.text,
            service_step=self.service_step or "other",
            agency=concerned.agency if concerned else None,
            project=concerned.project if concerned else None,
            sender=self.sender(),
            wants_sms=bool(self.read_contact().get("wants_sms")),
            files=tuple(attachments.adopt(self.files, organization)),
        )


def load(request: HttpRequest) -> Draft:
    return Draft(**request.session.get(SESSION_KEY, {}))


def save(request: HttpRequest, draft: Draft) -> None:
    request.session[SESSION_KEY] = asdict(draft)


def clear(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)
