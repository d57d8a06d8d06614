"""A worker that can be killed cheaply: everything is imported once, and each worker is a fork of this process.

Lines on standard input: "run POINT|PASSAGES|SIGNAL|CLOCK" forks a worker with a trap and a wall clock that is CLOCK
seconds ahead. Lines on standard output, beside the worker's log: "forked PID", "stopped PID", "ended PID HOW".
"""

import os
import signal
import sys
from datetime import UTC, datetime, timedelta

import time_machine
from apscheduler.triggers.interval import IntervalTrigger

import tests.chaos.jobs
import worker.acknowledger
import worker.runner
import worker.scheduler
import worker.slots
from tests.chaos.ledger import TICK
from tests.chaos.marks import between, trap
from worker.__main__ import main as work


def instrument() -> None:
    """Our jobs, marks around the worker's own steps, and a tick that is watched."""
    tests.chaos.jobs.register()
    worker.runner.take_jobs = between("before the claim", "after the claim", worker.runner.take_jobs, counts=bool)
    worker.acknowledger.complete_jobs = between(
        "before the acknowledgement", "after the acknowledgement", worker.acknowledger.complete_jobs
    )
    worker.slots.fail = between("before the failure is saved", "after the failure is saved", worker.slots.fail)
    seconds = TICK.total_seconds() / 2
    worker.scheduler.SCHEDULE.append((tests.chaos.jobs.tick, IntervalTrigger(seconds=seconds)))


def child(point: str, passages: str, number: str, clock: str) -> None:
    """Be a worker until the trap or a signal ends it."""
    trap.point, trap.left, trap.number = point, int(passages), int(number)
    if float(clock):
        time_machine.travel(datetime.now(UTC) + timedelta(seconds=float(clock)), tick=True).start()
    work()


def main() -> None:
    instrument()
    signal.signal(signal.SIGCHLD, lambda *_: None)
    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            sys.stdin.close()
            child(*line.rstrip("\n").removeprefix("run ").split("|"))
            os._exit(0)
        print(f"forked {pid}", flush=True)
        while True:
            _, status = os.waitpid(pid, os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                break
            print(f"stopped {pid}", flush=True)
        how = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"code {os.WEXITSTATUS(status)}"
        print(f"ended {pid} {how}", flush=True)


if __name__ == "__main__":
    main()
