"""The sandbox's mail server: it takes every mail for everybody, unless it was told otherwise."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from buildos_app.mail.mime import text_part
from buildos_app.sandbox.mailbox import Answer, Drop, Mailbox, MailTurn, Silence

LARGEST = 5_000_000
OK = "250 OK, kept in the sandbox"


class Handler:
    """What aiosmtpd asks at each step. A delivery uses up one turn of the script, taken at its MAIL."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._turn: MailTurn | None = None

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The sender; the turn begins."""
        self._turn = self._mailbox.turns.popleft() if self._mailbox.turns else None
        if refusal := self._refusal("mail"):
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """A recipient."""
        if refusal := self._refusal("rcpt"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The mail itself."""
        turn = self._turn
        if refusal := self._refusal("data"):
            return refusal
        if isinstance(turn, Drop) and turn.when == "before":
            return self._hang_up(server)
        if not isinstance(turn, Silence) or turn.kept:
            await self._keep(envelope)
        if isinstance(turn, Silence):
            await self._mailbox.released.wait()
        if isinstance(turn, Drop):
            if turn.when == "between":
                return self._hang_up(server)
            asyncio.get_running_loop().call_soon(asyncio.ensure_future, self._hang_up_later(server))
        return OK

    def _refusal(self, at: str) -> str:
        turn = self._turn
        told = isinstance(turn, Answer) and turn.at == at
        return f"{cast(Answer, turn).code} the sandbox was told to refuse" if told else ""

    async def _keep(self, envelope: Envelope) -> None:
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        message = cast(EmailMessage, message_from_bytes(content, policy=cast(Any, default)))
        await self._mailbox.keep(
            via="smtp",
            message_id=str(message["Message-ID"]),
            recipient=", ".join(map(str, envelope.rcpt_tos)),
            sender=str(message["From"]),
            subject=str(message["Subject"]),
            text=text_part(message, "plain"),
            html=text_part(message, "html"),
            raw=content.decode(errors="replace"),
        )

    def _hang_up(self, server: SMTP) -> str:
        if server.transport is not None:
            cast(asyncio.Transport, server.transport).abort()
        return OK

    async def _hang_up_later(self, server: SMTP) -> None:
        await asyncio.sleep(0.01)
        self._hang_up(server)


@asynccontextmanager
async def serve_smtp(mailbox: Mailbox, port: int) -> AsyncIterator[None]:
    """Take mail on a port of this machine until the block ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Handler(mailbox), data_size_limit=LARGEST, enable_SMTPUTF8=True, ident="sandbox", loop=loop),
        "127.0.0.1",
        port,
    )
    yield
    server.close()
