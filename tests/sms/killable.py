"""A worker that can be killed at marked points of sending a text; see tests/chaos/worker.py for how it is driven."""

import tests.chaos.worker as killable
import worker.acknowledger
import worker.runner
from buildos_app.integrations.twilio import TwilioSender
from buildos_app.sms import sending
from tests.chaos.marks import between
from worker.context import RunContext

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
    "after the acknowledgement",
)


def instrument() -> None:
    worker.runner.take_jobs = between("", "after the claim", worker.runner.take_jobs, counts=bool)
    sending.begin = between("before it is begun", "begun, before the commit", sending.begin)
    TwilioSender.send = between("before Twilio is asked", "Twilio has it", TwilioSender.send)  # type: ignore[method-assign]
    sending.save = between("before it is saved", "saved, not completed", sending.save)
    RunContext.complete = between("", "completed, before the commit", RunContext.complete)  # type: ignore[method-assign]
    worker.acknowledger.complete_jobs = between(
        "after the commit", "after the acknowledgement", worker.acknowledger.complete_jobs
    )


if __name__ == "__main__":
    killable.instrument = instrument
    killable.main()
