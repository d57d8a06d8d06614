"""A person's own jobs over HTTP: how they are, cancel, retry. Pages ask here while their websocket is down."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from buildos_app.api.requests import person_of
from buildos_app.db.session import user_session
from buildos_app.errors import Conflict, NotFound
from buildos_app.models.queue import JobStatus
from buildos_app.queue.client import cancel_job, retry_job
from buildos_app.queue.queries import JobView, get_job, list_current_jobs, list_jobs
from buildos_app.queue.words import address_of, failure_words, subject_of, words_for

PATH = "/api/queue-jobs"
Answer = Callable[[Request, UUID], Awaitable[Response]]


class Filters(BaseModel):
    """What the list can be asked for; `current` is what a page's stack shows: what runs, waits, or ended lately."""

    model_config = ConfigDict(extra="forbid")

    type: str | None = Field(None, max_length=100)
    status: JobStatus | None = None
    current: bool = False
    before: UUID | None = None
    limit: int = Field(50, ge=1, le=100)


def _signed_in(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """Answer 401 to nobody, 404 to who asks for a job that is not theirs, 409 to what the job's state forbids."""

    async def guarded(request: Request) -> Response:
        user_id = await person_of(request)
        if user_id is None:
            return JSONResponse({"error": "Sign in first, or send a personal token."}, 401)
        try:
            return await answer(request, user_id)
        except NotFound:
            return JSONResponse({"error": "There is no such job."}, 404)
        except Conflict as error:
            return JSONResponse({"error": str(error)}, 409)

    return guarded


@_signed_in
async def list_all(request: Request, user_id: UUID) -> Response:
    """The person's jobs, the newest first; `next` is the cursor of the next page."""
    try:
        filters = Filters.model_validate(dict(request.query_params))
    except ValidationError as error:
        return JSONResponse({"error": "; ".join(_problem(each) for each in error.errors())}, 400)
    async with user_session(user_id) as session:
        if filters.current:
            current = await list_current_jobs(session, limit=filters.limit)
            found = [job for job in current if words_for(job.job_type).is_watched]
        else:
            found = await list_jobs(
                session,
                statuses=[filters.status] if filters.status else [],
                job_type=filters.type,
                before=filters.before,
                limit=filters.limit,
            )
    is_full = len(found) == filters.limit and not filters.current
    return JSONResponse({"jobs": [_as_json(job) for job in found], "next": str(found[-1].id) if is_full else None})


@_signed_in
async def show(request: Request, user_id: UUID) -> Response:
    """One job."""
    async with user_session(user_id) as session:
        return JSONResponse(_as_json(await get_job(session, _job_id(request))))


@_signed_in
async def cancel(request: Request, user_id: UUID) -> Response:
    """Cancel: `cancelled` at once, or `requested` for a running one. 409 when it has ended already."""
    async with user_session(user_id) as session:
        job = await get_job(session, _job_id(request))
        outcome = await cancel_job(session, job.id) if job.is_live else job.status
    if not job.is_live or outcome not in ("cancelled", "requested"):
        raise Conflict(f"This job is {outcome} already; nothing was changed.")
    return JSONResponse({"outcome": outcome})


@_signed_in
async def retry(request: Request, user_id: UUID) -> Response:
    """A failed or cancelled job again, as a new job. 409 for any other."""
    job_id = _job_id(request)
    async with user_session(user_id) as session:
        job = await get_job(session, job_id)
        if job.status not in (JobStatus.FAILED, JobStatus.CANCELLED):
            raise Conflict(f"This job is {job.status}; only a failed or cancelled one can be retried.")
        new_id = await retry_job(session, job_id)
        return JSONResponse(_as_json(await get_job(session, new_id)), 201)


ROUTES = (
    Route(PATH, list_all, methods=["GET"]),
    Route(PATH + "/{job_id}", show, methods=["GET"]),
    Route(PATH + "/{job_id}", cancel, methods=["DELETE"]),
    Route(PATH + "/{job_id}/retry", retry, methods=["POST"]),
)


def _job_id(request: Request) -> UUID:
    """Both forms of an id: the key, and `queue_job_id`, which is the type with the key behind it."""
    try:
        return UUID(request.path_params["job_id"].rpartition("_")[2])
    except ValueError:
        raise NotFound("no such job") from None


def _as_json(job: JobView) -> dict[str, Any]:
    has_failed = job.status in (JobStatus.FAILED, JobStatus.RETRYING)
    return {
        "id": str(job.id),
        "type": job.job_type,
        "title": words_for(job.job_type).doing,
        "subject": subject_of(job.payload),
        "status": job.status,
        "progress": job.progress,
        "result": job.result,
        "error": failure_words(job.error_message) if has_failed else None,
        "attempts": job.attempts,
        "max_attempts": job.max_attempts,
        "scheduled_for": job.scheduled_for.isoformat(),
        "created_at": job.created_at.isoformat(),
        "completed_at": job.completed_at.isoformat() if job.completed_at else None,
        "href": address_of(job.job_type, job.payload, job.result),
    }


def _problem(problem: Any) -> str:
    return f"{problem['loc'][0]}: {problem['msg']}"
