"""From facts to a question, and from its answer to a plan. Pure; the job asks in between."""

from collections.abc import Sequence

from buildos_app.phases.facts import ProjectFacts, kept_phases, marks, select
from buildos_app.phases.options import PlanOptions
from buildos_app.phases.plan import PlanLimits, repaired, wishes
from buildos_app.phases.preview import check_selection
from buildos_app.phases.prompts import PlanPhases, PlanReply
from buildos_app.phases.queries import StoredPlan
from buildos_app.phases.slots import with_starts, with_starts_cleared
from buildos_app.phases.strategies.choose import STRATEGIES
from buildos_app.ports import Busy


def question(facts: ProjectFacts, options: PlanOptions, busy: Sequence[Busy] = ()) -> PlanPhases:
    """The prompt of the chosen strategy. Raises InvalidInput when there is nothing to plan."""
    selection = select(facts, options)
    check_selection(selection)
    kept = kept_phases(facts.phases, facts.today) if options.keep_finished else {}
    limits = limits_of(facts, options)
    return STRATEGIES[options.method].prompt(
        project_name=facts.name,
        project_description=facts.description,
        project_context=facts.context,
        project_tags=facts.tags,
        user_instructions=options.instructions,
        start=limits.start,
        end=limits.end,
        now=facts.now,
        kept=list(kept.values()),
        tasks=selection.tasks,
        recurring=selection.recurring,
        busy=list(busy),
    )


def limits_of(facts: ProjectFacts, options: PlanOptions) -> PlanLimits:
    """No phase before today, before the project, or after its end. Phases that are kept end yesterday at last."""
    start = max(facts.today, options.start)
    return PlanLimits(start, options.end if options.end is None or options.end >= start else start)


def finished_plan(reply: PlanReply, facts: ProjectFacts, options: PlanOptions, busy: Sequence[Busy] = ()) -> StoredPlan:
    """The reply as a plan that keeps every rule, with what it was made of. Raises ServiceUnavailable without phases."""
    tasks = select(facts, options).tasks
    plan = repaired(reply, tasks, limits_of(facts, options))
    if options.gives_dates:
        plan = with_starts(plan, tasks, wishes(reply), facts.hours, facts.now, options, busy=busy)
    else:
        plan = with_starts_cleared(plan, tasks, facts.now, options)
    return StoredPlan(plan=plan, options=options, made_on=facts.today, marks=marks(facts, tasks))
