"""What a person wants to be told, and what becomes of news that they do not want."""

from uuid import UUID

import pytest

from buildos_app.db.session import user_session
from buildos_app.errors import InvalidInput
from buildos_app.notifications.events import (
    BrainDumpReady,
    Channel,
    Event,
    OnboardingFailed,
    PhasesFailed,
    known_events,
    load_event,
)
from buildos_app.notifications.inbox import read_inbox
from buildos_app.notifications.notify import notify
from buildos_app.notifications.preferences import choose, wants


async def tell(user_id: UUID, *events: Event) -> None:
    async with user_session(user_id) as session:
        for event in events:
            notify(session, user_id, event)


async def test_everything_is_wanted_but_text_messages(user_id: UUID) -> None:
    async with user_session(user_id) as session:
        wanted = {channel for channel in Channel if await wants(session, PhasesFailed, channel)}

    assert wanted == set(Channel) - {Channel.SMS}


async def test_unwanted_news_is_put_away_until_it_is_wanted_again(user_id: UUID) -> None:
    one, two = OnboardingFailed(reason="one"), OnboardingFailed(reason="two")
    async with user_session(user_id) as session:
        await choose(session, user_id, "onboarding_failed", "list", is_on=False)
    await tell(user_id, one)
    async with user_session(user_id) as session:
        assert (await read_inbox(session)).news == []
        await choose(session, user_id, "onboarding_failed", "list", is_on=True)
    await tell(user_id, two)

    async with user_session(user_id) as session:
        inbox = await read_inbox(session)
    assert ([item.toast.detail for item in inbox.news], inbox.unread) == (["two"], 1)


async def test_a_choice_is_the_persons_own(user_id: UUID, other_user_id: UUID) -> None:
    async with user_session(user_id) as session:
        await choose(session, user_id, "onboarding_failed", "toast", is_on=False)
    for person in (user_id, other_user_id):
        await tell(person, OnboardingFailed(reason="r"))

    pops_up = {}
    for person in (user_id, other_user_id):
        async with user_session(person) as session:
            pops_up[person] = [item.pops_up for item in (await read_inbox(session)).news]
    assert pops_up == {user_id: [False], other_user_id: [True]}


@pytest.mark.parametrize(("event", "channel"), [("nonsense", "list"), ("phases_failed", "sms"), ("phases_failed", "")])
async def test_a_choice_that_does_not_exist_is_refused(user_id: UUID, event: str, channel: str) -> None:
    with pytest.raises(InvalidInput):
        async with user_session(user_id) as session:
            await choose(session, user_id, event, channel, is_on=False)


@pytest.mark.parametrize("kind", known_events(), ids=lambda kind: kind.event)
def test_every_kind_has_a_label_of_its_own(kind: type[Event]) -> None:
    assert kind.label
    assert kind.label not in [other.label for other in known_events() if other is not kind]
    assert kind.channels[0] is Channel.LIST


def test_payloads_are_read_in_both_spellings() -> None:
    dump_id = "019aa9c0-0000-7000-8000-000000000001"
    snake = {"brain_dump_id": dump_id, "title": "T", "operation_count": 2}
    camel = {"brainDumpId": dump_id, "title": "T", "operationCount": 2}

    assert load_event("brain_dump_ready", snake) == load_event("brain_dump_ready", camel)
    assert BrainDumpReady.model_validate(snake).model_dump(mode="json") == snake
