"""Reading a dump, stage by stage, as an async generator that does not know who runs it.

No transaction is open while the model is asked: the caller loads before and saves after. Closing the generator, or
cancelling the task that iterates it, cancels the calls that are under way.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel

from buildos_app.brain_dumps.merge import DumpToProcess, merge
from buildos_app.brain_dumps.operations import MOST_OPERATIONS, Proposal
from buildos_app.brain_dumps.prompts import (
    AnalyseDump,
    DumpAnalysis,
    ExtractContext,
    ExtractedContext,
    ExtractedTasks,
    ExtractTasks,
    KnownProject,
    KnownTask,
)
from buildos_app.brain_dumps.steps import ArrivingNames, Failed, Proposed, Stage, Status, Step
from buildos_app.errors import BuildOSError, IntegrationError, RequestRejected, ServiceUnavailable, UserError
from buildos_app.phrases.text import counted
from buildos_app.ports import LanguageModel, Prompt

ATTEMPTS = 3
CALL_SECONDS, BUDGET_SECONDS = 120.0, 180.0
TASKS_IN_ANALYSIS = 20
TOOK_OVER = "The language model did not answer, so the offline engine read this. You can read it again later."
TOO_MANY = "This is the first {most} of {all} proposals. What is left is underlined in your text: send it once more."

R = TypeVar("R", bound=BaseModel)


async def process(
    dump: DumpToProcess, llm: LanguageModel, offline: LanguageModel | None = None
) -> AsyncGenerator[Step | Proposed | Failed]:
    """Read a dump: a preparatory look for an existing project, then context and tasks side by side, then the check.

    One of the two may fail and the rest goes on with a warning (behaviour.md 2.7). Where the model does not answer at
    all, `offline` takes over, and the proposal says so. The last value is Proposed, or Failed when nothing could be
    read.
    """
    last: Step | Proposed | Failed | None = None
    async with aclosing(_process(dump, llm)) as steps:
        async for last in steps:
            if not isinstance(last, Failed):
                yield last
    if not isinstance(last, Failed):
        return
    if offline is None or not last.is_down:
        yield last
        return
    async with aclosing(_process(dump, offline)) as steps:
        async for step in steps:
            yield _with_warning(step, TOOK_OVER) if isinstance(step, Proposed) else step


def _with_warning(step: Proposed, warning: str) -> Proposed:
    warnings = [warning, *step.proposal.warnings]
    return replace(step, proposal=step.proposal.model_copy(update={"warnings": warnings}))


async def _process(dump: DumpToProcess, llm: LanguageModel) -> AsyncGenerator[Step | Proposed | Failed]:
    run = _Run(dump, llm)
    try:
        async with aclosing(run.steps()) as steps:
            async for step in steps:
                yield step
    finally:
        await run.stop()


class _Run:
    def __init__(self, dump: DumpToProcess, llm: LanguageModel) -> None:
        self.dump = dump
        self.llm = llm
        self.started = time.monotonic()
        self.queue: asyncio.Queue[Step | None] = asyncio.Queue()
        self.calls: list[asyncio.Task[object]] = []

    async def stop(self) -> None:
        for call in self.calls:
            call.cancel()
        if self.calls:
            await asyncio.wait(self.calls)

    async def steps(self) -> AsyncGenerator[Step | Proposed | Failed]:
        analysis = None
        if self.dump.project is not None:
            yield self.step("analysis", "running", "Looking at what it is about")
            analysis = await self._analyse(self.dump.project)
            yield (
                self.step("analysis", "done", analysis.analysis_summary)
                if analysis
                else self.step("analysis", "skipped", "Skipped: everything is read in full")
            )
        context_call = self._begin("context", self._context_prompt(), analysis is not None and analysis.skip_context)
        tasks_call = self._begin("tasks", self._tasks_prompt(analysis), _may_skip_tasks(analysis))
        async for step in self._until(context_call, tasks_call):
            yield step
        context, context_error = _outcome(context_call)
        extracted, tasks_error = _outcome(tasks_call)
        if (context_error or tasks_error) and context is None and extracted is None:
            is_down = not any(
                isinstance(call.exception(), RequestRejected | UserError) for call in (context_call, tasks_call)
            )
            yield Failed(f"The dump could not be read: {tasks_error or context_error}", is_down)
            return
        yield self.step("check", "running", "Checking each proposal against your words")
        proposal = self._proposal(
            context if isinstance(context, ExtractedContext) else ExtractedContext(),
            extracted if isinstance(extracted, ExtractedTasks) else ExtractedTasks(),
            [error for error in (context_error, tasks_error) if error],
        )
        yield self.step("check", "done", counted(len(proposal.operations), "proposal"))
        yield Proposed(proposal, self.llm.name)

    def step(self, stage: Stage, status: Status, message: str, items: tuple[str, ...] = (), attempt: int = 1) -> Step:
        return Step(stage, status, message, round(time.monotonic() - self.started, 1), items, attempt)

    def _proposal(self, context: ExtractedContext, extracted: ExtractedTasks, errors: list[str]) -> Proposal:
        operations = merge(self.dump, context, extracted)
        warnings = [f"A part could not be read: {error}" for error in errors]
        if len(operations) > MOST_OPERATIONS:
            warnings.append(TOO_MANY.format(most=MOST_OPERATIONS, all=len(operations)))
            operations = operations[:MOST_OPERATIONS]
        nothing = "" if operations else "Nothing in this text asks for a task, a note or a project."
        return Proposal(
            title=context.title[:255] or " ".join(self.dump.content.split())[:60],
            summary=context.summary or nothing,
            operations=operations,
            warnings=warnings,
            seconds=round(time.monotonic() - self.started, 1),
            answers=extracted.answers,
            questions=extracted.questions,
        )

    async def _analyse(self, project: KnownProject) -> DumpAnalysis | None:
        """A failure here is no failure: everything is read in full then (behaviour.md 2.6)."""
        light = project.model_copy(update={"context": "present" if project.context else "absent"})
        tasks = [
            task.model_copy(update={"description": task.description[:100]})
            for task in self.dump.tasks[:TASKS_IN_ANALYSIS]
        ]
        prompt = AnalyseDump(dump=self.dump.content, project=light, tasks=tasks, now=self.dump.now)
        try:
            async with asyncio.timeout(CALL_SECONDS):
                return await self.llm.ask(prompt)
        except (BuildOSError, TimeoutError):
            return None

    def _context_prompt(self) -> ExtractContext:
        return ExtractContext(
            dump=self.dump.content, project=self.dump.project, projects=self.dump.projects, now=self.dump.now
        )

    def _tasks_prompt(self, analysis: DumpAnalysis | None) -> ExtractTasks:
        return ExtractTasks(
            dump=self.dump.content,
            project=self.dump.project,
            projects=self.dump.projects,
            tasks=_relevant(self.dump.tasks, analysis),
            notes=self.dump.notes,
            questions=self.dump.questions,
            now=self.dump.now,
        )

    def _begin(self, stage: Stage, prompt: Prompt[R], skip: bool) -> asyncio.Task[R | None]:
        call = asyncio.create_task(self._call(stage, prompt, skip))
        self.calls.append(call)
        call.add_done_callback(lambda _: self.queue.put_nowait(None))
        return call

    async def _until(self, *calls: asyncio.Task[object]) -> AsyncIterator[Step]:
        while True:
            if all(call.done() for call in calls) and self.queue.empty():
                return
            if (step := await self.queue.get()) is not None:
                yield step

    async def _call(self, stage: Stage, prompt: Prompt[R], skip: bool) -> R | None:
        if skip:
            self._say(stage, "skipped", "Nothing for it in this text")
            return None
        self._say(stage, "running", _BUSY[stage])
        try:
            async with asyncio.timeout(BUDGET_SECONDS):
                reply = await self._ask_again(stage, prompt)
        except (IntegrationError, UserError, TimeoutError) as error:
            self._say(stage, "failed", str(error) or "The model took too long.")
            raise
        self._say(stage, "done", _found(reply))
        return reply

    async def _ask_again(self, stage: Stage, prompt: Prompt[R]) -> R:
        """Up to three attempts, 2 and 4 seconds apart, or as long as the service asks for."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with asyncio.timeout(CALL_SECONDS):
                    return await self.llm.ask(prompt, on_text=self._counting(stage))
            except ServiceUnavailable as error:
                if attempt == ATTEMPTS:
                    raise
                message = f"{error} Trying again ({attempt + 1} of {ATTEMPTS})."
                self._say(stage, "running", message, attempt=attempt + 1)
                await asyncio.sleep(min(error.retry_after or 2**attempt, 30))
        raise AssertionError("unreachable")

    def _counting(self, stage: Stage) -> Callable[[str], None]:
        """Tell the names that arrive while the reply is still being written."""
        names = ArrivingNames()

        def on_text(piece: str) -> None:
            if names.add(piece):
                self._say(stage, "running", f"{_BUSY[stage]}: {names.count} so far", items=names.latest)

        return on_text

    def _say(
        self, stage: Stage, status: Status, message: str, *, items: tuple[str, ...] = (), attempt: int = 1
    ) -> None:
        self.queue.put_nowait(self.step(stage, status, message, items, attempt))


_BUSY: dict[str, str] = {"context": "Finding projects", "tasks": "Finding tasks and notes"}


def _may_skip_tasks(analysis: DumpAnalysis | None) -> bool:
    """Only with high confidence and without new tasks (behaviour.md 2.6)."""
    return bool(analysis and analysis.skip_tasks and analysis.confidence == "high" and not analysis.new_tasks_detected)


def _relevant(tasks: list[KnownTask], analysis: DumpAnalysis | None) -> list[KnownTask]:
    wanted = set(analysis.relevant_task_ids) if analysis else set()
    return [task for task in tasks if task.id in wanted] or tasks


def _outcome(call: "asyncio.Task[R | None]") -> tuple[R | None, str]:
    error = call.exception()
    if error is None:
        return call.result(), ""
    if not isinstance(error, IntegrationError | UserError | TimeoutError):
        raise error
    return None, str(error) or "the model took too long."


def _found(reply: BaseModel) -> str:
    if isinstance(reply, ExtractedTasks):
        return f"{counted(len(reply.tasks), 'task')}, {counted(len(reply.notes), 'note')}"
    if isinstance(reply, ExtractedContext):
        names = ", ".join(project.name for project in reply.projects)
        return names or ("What is new for the project" if reply.change else "Nothing new")
    return ""
