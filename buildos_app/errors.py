"""
Every error we raise on purpose:

* BuildOSError            retryable = False
  - ConfigurationError    a setting is missing or wrong; one line that names it
  x UserError             its message is written for the person
    - NotFound
    - NotPermitted
    - Conflict
    - InvalidInput
    - Busy
  - InvalidPayload        stored metadata no longer fits its job type
  x IntegrationError      an outside service said no
    - ServiceUnavailable  retryable = True
    - RequestRejected
    - AccessRevoked

Everything else is a bug: logged with its traceback, retried until the attempts run out.
"""


class BuildOSError(Exception):
    """Root of the errors that we raise on purpose."""

    retryable = False


class ConfigurationError(BuildOSError):
    """A setting, a tool or a port stops the start; the message names the cause and what to change."""


class UserError(BuildOSError):
    """The person can act on this; the message is written for them."""


class NotFound(UserError):
    """The row does not exist, or row level security hides it."""


class NotPermitted(UserError):
    """The person may not do this."""


class Conflict(UserError):
    """The rows changed since the person looked at them."""


class InvalidInput(UserError):
    """What the person gave does not fit; nothing was saved."""


class Busy(UserError):
    """Too many ask for the same costly thing at this moment; nothing was done."""


class InvalidPayload(BuildOSError):
    """The stored metadata no longer fits its job type."""


class IntegrationError(BuildOSError):
    """An outside service did not do what we asked; `code` is its own number for the reason, where it gave one."""

    def __init__(self, message: str, *, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class ServiceUnavailable(IntegrationError):
    """Timeouts, 429 and 5xx: worth another attempt, after `retry_after` seconds when the service said so.

    `kind` is failure, timeout, rate_limited or invalid_response. With `perhaps_done` nobody knows whether the service
    did what was asked before the answer was lost.
    """

    retryable = True

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        kind: str = "failure",
        code: int | None = None,
        perhaps_done: bool = False,
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after
        self.kind = kind
        self.perhaps_done = perhaps_done


class RequestRejected(IntegrationError):
    """The service understood us and refused: trying again will not help."""


class AccessRevoked(IntegrationError):
    """The person's grant is gone: they must connect again."""


def is_retryable(error: BaseException) -> bool:
    """Ours say so themselves; an unknown error is a bug or a broken connection and worth another run."""
    return error.retryable if isinstance(error, BuildOSError) else True
