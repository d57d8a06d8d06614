"""A mail as it travels: text and HTML with equal facts, and headers that let a mail program end it by one click."""

import hashlib
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from unicodedata import category

from buildos_app.ports import OutgoingMail

SENDER_NAME = "BuildOS"
_BREAKING = ("Cc", "Cs", "Zl", "Zp")
"""Categories of what no header holds: control characters, halves of characters, separators of lines and paragraphs."""


def mime(mail: OutgoingMail, sender: str) -> EmailMessage:
    """The message; the same mail gives the same bytes. Raises ValueError for a header with a line break in it."""
    name, address = parseaddr(sender)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name or SENDER_NAME, addr_spec=address)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>, <mailto:{address}?subject=unsubscribe>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if any(category(each) in _BREAKING for value in message.values() for each in str(value)):  # also encoded ones
        raise ValueError("a header of this mail has a line break or another control character in it")
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    message.set_boundary("=_" + hashlib.sha256(mail.message_id.encode()).hexdigest()[:32])
    return message


def text_part(message: EmailMessage, kind: str) -> str:
    """The `plain` or `html` part of a message, as a reader sees it."""
    part: MIMEPart | None = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
