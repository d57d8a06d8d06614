"""The mail port by SMTP: Gmail, any other server, or the sandbox's mailbox."""

import ssl
from contextlib import suppress

import aiosmtplib

from buildos_app.errors import RequestRejected, ServiceUnavailable
from buildos_app.mail.mime import mime
from buildos_app.ports import OutgoingMail
from buildos_app.settings import Settings

TIMEOUT_SECONDS = 30.0
TLS_PORT = 465
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class SmtpSender:
    """An EmailSender that opens one connection for each mail.

    Once the server has taken the mail, nothing that happens to the connection makes it a failure. When its answer is
    lost, the mail counts as not taken and goes out again under the same Message-ID.
    """

    def __init__(self, settings: Settings, *, timeout: float = TIMEOUT_SECONDS) -> None:
        if settings.email_host:
            self._host, self._port = settings.email_host, settings.email_port
        else:
            self._host, self._port = "127.0.0.1", settings.sandbox_smtp_port
        self._user, self._password = settings.email_user, settings.email_pass.get_secret_value()
        self._sender = settings.email_sender
        self._timeout = timeout

    async def send(self, mail: OutgoingMail) -> None:
        """See EmailSender."""
        message = mime(mail, self._sender)
        client = self._client()
        try:
            await client.connect()
            if self._user and self._host not in _LOOPBACK and not client.get_transport_info("cipher"):
                raise RequestRejected("The mail server does not speak TLS, and EMAIL_PASS is not sent in the clear.")
            if self._user:
                await client.login(self._user, self._password)
            await client.send_message(message)
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
            raise _translated(error) from error
        finally:
            with suppress(aiosmtplib.SMTPException, OSError):
                client.close()

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            timeout=self._timeout,
            use_tls=self._port == TLS_PORT,
            start_tls=None,  # as soon as the server offers it
            local_hostname="buildos",
        )


def _translated(error: Exception) -> ServiceUnavailable | RequestRejected:
    """The library's error in our words, without an address of anybody in it."""
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return RequestRejected("The mail server refused the sign-in: check EMAIL_USER and EMAIL_PASS.")
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        codes = [recipient.code for recipient in error.recipients]
        return _by_code(max(codes, default=550))
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _by_code(error.code)
    if isinstance(error, TimeoutError | aiosmtplib.SMTPTimeoutError):
        return ServiceUnavailable("The mail server took too long to answer.")
    if isinstance(error, aiosmtplib.SMTPNotSupported) or type(error) is aiosmtplib.SMTPException:
        return RequestRejected("The mail server knows no way to sign in: check EMAIL_PORT and EMAIL_USER.")
    return ServiceUnavailable("The connection to the mail server broke.")


def _by_code(code: int) -> ServiceUnavailable | RequestRejected:
    if code < 0 or 400 <= code < 500:
        return ServiceUnavailable(f"The mail server is not ready ({code}).")
    return RequestRejected(f"The mail server refused the mail ({code}).")
