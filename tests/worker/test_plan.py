"""What a worker claims next."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from worker.plan import MOST_AHEAD, Plan

TYPES = ("brief", "mail", "phases")
counts = st.dictionaries(st.sampled_from(TYPES), st.integers(0, 40)).map(Counter)


def test_an_idle_worker_fills_its_slots() -> None:
    wish = Plan(TYPES, 5).wish(Counter(), Counter(), 0)

    assert wish is not None
    assert (wish.batch_size, wish.limits) == (5, dict.fromkeys(TYPES, 4))


def test_one_type_leaves_a_slot_to_the_others() -> None:
    plan = Plan(TYPES, 5)

    wish = plan.wish(Counter(phases=4), Counter(), 0)

    assert wish is not None
    assert (wish.batch_size, wish.limits) == (1, {"brief": 1, "mail": 1})


def test_the_only_type_may_have_every_slot() -> None:
    wish = Plan(("phases",), 5).wish(Counter(), Counter(), 0)

    assert wish is not None
    assert wish.limits == {"phases": 5}


def test_a_full_worker_claims_nothing() -> None:
    assert Plan(TYPES, 2).wish(Counter(brief=1, mail=1), Counter(), 0) is None


def test_a_fast_type_is_claimed_ahead_and_a_slow_one_joins_the_line() -> None:
    plan = Plan(TYPES, 10)
    plan.note("mail", 0.0001)
    plan.note("phases", 30)

    wish = plan.wish(Counter(mail=10), Counter(), 10)

    assert wish is not None
    assert wish.limits["mail"] == wish.batch_size == 2000
    assert wish.limits["phases"] == wish.limits["brief"] == 1


def test_nothing_is_claimed_ahead_behind_slow_jobs() -> None:
    plan = Plan(TYPES, 3)
    plan.note("mail", 0.001)

    assert plan.wish(Counter(phases=2, brief=1), Counter(), 0) is None


@given(running=counts, waiting=counts, soon=st.integers(0, 50), concurrency=st.integers(1, 50), speed=st.floats(0, 5))
def test_a_worker_never_holds_more_than_it_can_soon_do(
    running: Counter[str], waiting: Counter[str], soon: int, concurrency: int, speed: float
) -> None:
    plan = Plan(TYPES, concurrency)
    plan.note("mail", speed)

    wish = plan.wish(running, waiting, soon)

    if wish is not None:
        assert 0 < wish.batch_size <= concurrency + MOST_AHEAD - running.total() - waiting.total()
        assert all(limit > 0 for limit in wish.limits.values())
        if speed >= 1:
            assert running.total() + waiting.total() + wish.batch_size <= concurrency
