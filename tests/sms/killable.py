"""A worker that can be killed at marked points of sending a text; see tests/chaos/worker.py for how it is driven."""

from typing import Any

import tests.chaos.worker as killable
import worker.runner
from buildos_app.integrations.twilio import TwilioSender
from buildos_app.sms import sending
from tests.chaos.marks import between, mark
from worker.context import RunContext
from worker.slots import Slots

KILLED_AT = (
    "after the claim",
    "before it is begun",
    "begun, before the commit",
    "before Twilio is asked",
    "Twilio has it",
    "before it is saved",
    "saved, not completed",
    "completed, before the commit",
    "after the commit",
)


def instrument() -> None:
    """Marks around each step of the job."""
    worker.runner.take_jobs = between("", "after the claim", worker.runner.take_jobs, counts=bool)
    sending.begin = between("before it is begun", "begun, before the commit", sending.begin)
    TwilioSender.send = between("before Twilio is asked", "Twilio has it", TwilioSender.send)  # type: ignore[method-assign]
    sending.save = between("before it is saved", "saved, not completed", sending.save)
    RunContext.complete = between("", "completed, before the commit", RunContext.complete)  # type: ignore[method-assign]
    ended = Slots._well_done

    def well_done(*arguments: Any, **more: Any) -> None:
        mark("after the commit")
        ended(*arguments, **more)

    Slots._well_done = well_done  # type: ignore[method-assign]


if __name__ == "__main__":
    killable.instrument = instrument
    killable.main()
