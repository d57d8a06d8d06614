"""Which starts a plan leaves as they are, and where a repetition begins in its phase. Pure."""

from datetime import datetime, timedelta

from buildos_app.phases.options import CalendarHandling, PlanOptions
from buildos_app.phases.prompts import PlannedPhase, TaskToPlan
from buildos_app.phrases.wall_clock import at_local
from buildos_app.projects.recurrence import next_dates, rule_of


def is_protected(task: TaskToPlan, options: PlanOptions) -> bool:
    """Do the options say that the start of this task stays whatever the plan?"""
    keeps_events = options.calendar_handling == CalendarHandling.PRESERVE
    return options.preserve_dates or (keeps_events and task.has_event)


def series_start(task: TaskToPlan, phase: PlannedPhase, now: datetime, options: PlanOptions) -> datetime | None:
    """The first date of a repetition within its phase, at the time of day that it has; None where it stays."""
    is_kept = is_protected(task, options) or (options.preserve_recurring_events and task.has_event)
    if task.start_date is None or is_kept or not options.allow_recurring_reschedule:
        return None
    local = task.start_date.astimezone(now.tzinfo)
    if inside(local, phase, now):
        return None
    rule = task.recurrence_rule or rule_of(str(task.recurrence_pattern), local.date())
    first = max(phase.start_date, now.date())
    begin = min(local.date(), first)
    days = next_dates(rule, begin, after=first - timedelta(days=1), count=1, ends=task.recurrence_ends)
    return at_local(days[0], local.time(), now) if days and days[0] <= phase.end_date else None


def inside(moment: datetime, phase: PlannedPhase, now: datetime) -> bool:
    """Is a moment on a day of the phase?"""
    return phase.start_date <= moment.astimezone(now.tzinfo).date() <= phase.end_date


def may_stay(own: datetime, phase: PlannedPhase, now: datetime, ready: datetime | None) -> bool:
    """Does the start that a task has fit? One of earlier today still does."""
    is_past = own.astimezone(now.tzinfo).date() < now.date()
    return inside(own, phase, now) and not is_past and (ready is None or own >= ready)
