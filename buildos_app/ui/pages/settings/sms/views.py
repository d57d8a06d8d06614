"""Messages as the log draws them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from buildos_app.models.sms import SmsStatus
from buildos_app.sms.kinds import LABELS, Kind
from buildos_app.sms.log import MessageView
from buildos_app.sms.queueing import RESENDABLE
from buildos_app.ui.views import moment_words

WORDS = {
    SmsStatus.PENDING: ("waiting", "plain"),
    SmsStatus.SCHEDULED: ("scheduled", "plain"),
    SmsStatus.SENDING: ("sending", "accent"),
    SmsStatus.QUEUED: ("on its way", "accent"),
    SmsStatus.SENT: ("sent", "accent"),
    SmsStatus.DELIVERED: ("delivered", "good"),
    SmsStatus.FAILED: ("failed", "bad"),
    SmsStatus.UNDELIVERED: ("not delivered", "bad"),
    SmsStatus.CANCELLED: ("not sent", "warn"),
}


@dataclass(frozen=True)
class MessageRow:
    """One line of the log."""

    id: str
    title: str
    detail: str
    status: str
    tone: str
    can_resend: bool


def message_row(item: MessageView, zone: ZoneInfo, at: datetime) -> MessageRow:
    """A message in the person's words and zone."""
    words, tone = WORDS[SmsStatus(item.status)]
    label = LABELS[Kind(item.kind)]
    moment = item.delivered_at or item.sent_at or item.scheduled_for
    when = moment_words(moment, zone, at, has_time=True)
    about = item.content or str(item.subject.get("title") or "")
    return MessageRow(
        id=str(item.id),
        title=about or label,
        detail=" · ".join(filter(None, (label if about else "", when, item.reason))),
        status=words,
        tone=tone,
        can_resend=item.status in RESENDABLE,
    )
