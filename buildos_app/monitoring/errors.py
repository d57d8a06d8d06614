"""The error log: every failure of background work, with nothing in it that could be a secret."""

import re
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.models.error_log import ErrorLog

LONGEST_MESSAGE = 2000
_SECRETS = re.compile(
    r"(?P<url>\b[a-z][a-z0-9+.-]{1,20}://[^/\s:@]{0,80}:)[^@\s/]{1,200}(?=@)"
    r"|\b(?:sk|pk|xox[abp]|gh[pousr]|ya29|bos)[-_.][\w.-]{8,200}"
    r"|(?P<named>\b(?:password|passwd|secret|token|api[-_ ]?key|authorization|bearer)\b[\"'\s:=]{1,5}"
    r"(?:bearer |basic |session )?)[^\s\"',;]{4,400}"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
    r"|\+\d[\d ()-]{6,18}\d",
    re.IGNORECASE,
)


def redacted(text: str, *, longest: int = LONGEST_MESSAGE) -> str:
    """The text without keys, passwords, addresses and phone numbers; at most 2,000 characters, or `longest`."""
    return _SECRETS.sub(lambda found: (found["url"] or found["named"] or "") + "[redacted]", text)[:longest]


async def log_failure(
    session: AsyncSession, user_id: UUID, kind: str, message: str, *, attempt: int | None = None
) -> None:
    """Note in a person's own session that something of theirs failed which was no job. They may add, and not read."""
    row = {
        "error_type": kind,
        "message": redacted(message),
        "user_id": user_id,
        "attempt": attempt,
        "outcome": "failed",
    }
    await session.execute(insert(ErrorLog).values(row).inline())


def log_failed_run(
    session: AsyncSession,
    error: BaseException,
    message: str,
    *,
    user_id: UUID | None,
    job_id: UUID,
    job_type: str,
    attempt: int,
    outcome: str,
) -> None:
    """Note that a run of a job ended badly; `outcome` is the job's status after it."""
    session.add(
        ErrorLog(
            error_type=type(error).__name__,
            message=redacted(message),
            user_id=user_id,
            job_id=job_id,
            job_type=job_type,
            attempt=attempt,
            outcome=outcome,
        )
    )
