"""Composing, reviewing and finding dumps again, through Reflex's own event processor."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from buildos_app.brain_dumps.drafts import list_dumps, submit_dump
from buildos_app.db.session import service_session, user_session
from buildos_app.integrations.offline.engine import OfflineEngine
from buildos_app.models.project import Note, Task
from buildos_app.models.queue import QueueJob
from buildos_app.ports import OnText, OnUsage, Ports, Prompt, Reply
from buildos_app.ui import ports
from buildos_app.ui.dump_runs import runs_of
from buildos_app.ui.inbox import Inbox
from buildos_app.ui.job_actions import JobActions
from buildos_app.ui.pages.dump.state import DumpState
from buildos_app.ui.pages.dumps.state import DumpsState
from buildos_app.ui.pages.review.state import ReviewState
from buildos_app.ui.running import Running

TEXT = "Garden: order timber by Friday. Call Jonas tomorrow at 3pm. What a strange smell in there."


async def review_of(open_tab: Any, user_id: UUID, text: str = TEXT) -> Any:
    """A tab that shows the review of a new dump."""
    async with user_session(user_id) as session:
        dump_id = await submit_dump(session, user_id, text)
    tab = await open_tab(user_id, f"/dump/{dump_id}")
    await tab.send(ReviewState.load)
    assert tab.show(ReviewState, "phase") == "review"
    return tab


async def test_a_tick_sends_no_rows(open_tab: Any, user_id: UUID) -> None:
    tab = await review_of(open_tab, user_id)
    row = tab.show(ReviewState, "new")[1]
    tab.state.clear()

    await tab.send(ReviewState.toggle, {"operation_id": row.id})

    assert tab.show(ReviewState, "off") == [row.id]
    assert len(json.dumps(tab.state, default=str)) < 600


async def test_an_unused_sentence_becomes_a_task_and_is_removed_again(open_tab: Any, user_id: UUID) -> None:
    tab = await review_of(open_tab, user_id)
    (gap,) = [item for item in tab.show(ReviewState, "segments") if item.kind == "gap"]
    assert gap.text == "What a strange smell in there."

    await tab.send(ReviewState.add_task, {"start": gap.start})
    assert tab.show(ReviewState, "total") == 4
    (added,) = [row for row in tab.show(ReviewState, "new") if row.title.startswith("What a strange")]
    await tab.send(ReviewState.remove, {"operation_id": added.id})

    assert tab.show(ReviewState, "total") == 3
    assert [item.start for item in tab.show(ReviewState, "segments") if item.kind == "gap"] == [gap.start]


async def test_applied_then_undone(open_tab: Any, user_id: UUID) -> None:
    tab = await review_of(open_tab, user_id)
    await tab.send(ReviewState.apply_selected)
    await tab.send(ReviewState.load)
    assert tab.show(ReviewState, "phase") == "saved"
    assert [row.name for row in tab.show(ReviewState, "became")] == ["Garden", "Order timber", "Call Jonas"]
    async with user_session(user_id) as session:
        await session.execute(sa.update(Task).where(Task.title == "Call Jonas").values(title="Call Jo"))  # type: ignore[arg-type]

    await tab.send(ReviewState.undo)

    assert tab.show(ReviewState, "phase") == "undone"
    assert tab.show(Inbox, "answer")["text"] == "Taken back: 1 proposal; 2 rows left alone"
    assert [row.name for row in tab.show(ReviewState, "became")] == ["Garden", "Call Jo"]


async def test_a_proposal_of_ones_own_that_is_left_out_keeps_nothing_from_being_undone(
    open_tab: Any, user_id: UUID
) -> None:
    tab = await review_of(open_tab, user_id)
    (gap,) = [item for item in tab.show(ReviewState, "segments") if item.kind == "gap"]
    await tab.send(ReviewState.add_task, {"start": gap.start})
    (added,) = [row for row in tab.show(ReviewState, "new") if row.title.startswith("What a strange")]
    await tab.send(ReviewState.toggle, {"operation_id": added.id})
    await tab.send(ReviewState.apply_selected)

    await tab.send(ReviewState.load)
    assert [row.name for row in tab.show(ReviewState, "became")] == ["Garden", "Order timber", "Call Jonas"]
    await tab.send(ReviewState.undo)

    assert tab.show(ReviewState, "phase") == "undone"


async def test_an_update_shows_what_it_changes(open_tab: Any, user_id: UUID) -> None:
    tab = await review_of(open_tab, user_id)
    await tab.send(ReviewState.apply_selected)

    tab = await review_of(open_tab, user_id, "Called Jonas about the garden. URGENT: order the timber!")

    changes = {
        row.title: [(c.name, c.before, c.after) for c in row.changes] for row in tab.show(ReviewState, "changed")
    }
    assert changes == {
        "Call Jonas": [("status", "backlog", "done")],
        "Order timber": [("priority", "medium", "high")],
    }


async def test_what_is_added_to_a_note_stands_under_it_and_leads_there(open_tab: Any, user_id: UUID) -> None:
    async with user_session(user_id) as session:
        note = Note(user_id=user_id, title="Larch prices", content="4.20 a metre")
        session.add(note)
        await session.flush()
        note_id = note.id
    tab = await review_of(open_tab, user_id, "Add to the note about larch prices: 3.90 from twelve metres.")

    (row,) = tab.show(ReviewState, "changed")
    assert (row.title, row.chips[0].text) == ("Larch prices", "note")
    assert [(c.name, c.before, c.after) for c in row.changes] == [
        ("content", "4.20 a metre", "4.20 a metre 3.90 from twelve metres")
    ]
    await tab.send(ReviewState.edit, {"operation_id": row.id})
    assert tab.show(ReviewState, "editing").details == "3.90 from twelve metres"
    await tab.send(ReviewState.save_edit, {"form": {"details": "3.90 from 12 m"}})
    await tab.send(ReviewState.apply_selected)
    await tab.send(ReviewState.load)

    assert [(item.name, item.href) for item in tab.show(ReviewState, "became")] == [
        ("Larch prices", f"/notes?note={note_id}")
    ]
    async with user_session(user_id) as session:
        assert (await session.get_one(Note, note_id)).content == "4.20 a metre\n\n3.90 from 12 m"


async def test_a_dump_may_apply_itself(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/dump")
    await tab.send(DumpState.load)

    await tab.send(DumpState.submit, {"form": {"content": TEXT, "project_id": "new", "auto_accept": "on"}})
    there = await open_tab(user_id, tab.redirects[0])
    await there.send(ReviewState.load)

    assert there.show(ReviewState, "phase") == "saved"
    assert there.show(ReviewState, "can_undo")


async def test_the_history_is_searched(open_tab: Any, user_id: UUID) -> None:
    await review_of(open_tab, user_id)
    tab = await open_tab(user_id, "/dumps")
    await tab.send(DumpsState.load)
    (today,) = [day for day in tab.show(DumpsState, "days") if day.level]
    assert today.label.endswith(": 1 dump")

    await tab.send(DumpsState.search, {"form": {"words": "jonas smell"}})
    assert len(tab.show(DumpsState, "rows")) == 1
    await tab.send(DumpsState.choose_day, {"day": today.date})
    assert len(tab.show(DumpsState, "rows")) == 1
    await tab.send(DumpsState.search, {"form": {"words": "nowhere"}})
    assert tab.show(DumpsState, "rows") == []
    await tab.send(DumpsState.choose_day, {"day": "no day"})
    assert "Choose one of the squares" in tab.show(Inbox, "answer")["text"]


async def test_another_persons_dump_is_out_of_reach(open_tab: Any, user_id: UUID, other_user_id: UUID) -> None:
    tab = await review_of(open_tab, user_id)
    row = tab.show(ReviewState, "new")[1]
    stranger = await open_tab(other_user_id, f"/dump/{tab.state and tab.path.rpartition('/')[2]}")
    await stranger.send(ReviewState.load)

    await stranger.send(ReviewState.remove, {"operation_id": row.id})
    await stranger.send(ReviewState.undo)
    await stranger.send(DumpsState.load)

    assert "timber" not in stranger.received
    assert stranger.show(DumpsState, "rows") == []
    async with user_session(user_id) as session:
        assert len(await list_dumps(session)) == 1


async def test_what_is_too_much_at_once_is_read_by_the_worker(
    open_tab: Any, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three are read, five wait, the ninth becomes a job; nothing is lost."""
    gate = asyncio.Event()

    class Slow(OfflineEngine):
        async def ask(
            self, prompt: Prompt[Reply], *, on_text: OnText | None = None, on_usage: OnUsage | None = None
        ) -> Reply:
            await gate.wait()
            return await super().ask(prompt, on_text=on_text, on_usage=on_usage)

    tab = await open_tab(user_id, "/dump")
    monkeypatch.setattr(ports, "_ports", [Ports(llm=Slow())])
    for number in range(9):
        await tab.send(DumpState.submit, {"form": {"content": f"Garden: order {number} boards."}})

    runs = runs_of(user_id)
    assert [run.waits for run in runs] == [False] * 3 + [True] * 5
    elsewhere = await open_tab(user_id)
    await elsewhere.send(Inbox.sync)
    cards = [(card.title, card.detail) for card in elsewhere.show(Running, "jobs") if card.can_cancel]
    assert cards.count(("Reading a brain dump", "Waits for its turn")) == 6, "five here, and one in the queue"
    assert len(cards) == 9
    await elsewhere.send(JobActions.cancel, {"job_id": str(runs.pop().dump_id)})
    assert elsewhere.show(Inbox, "answer")["text"] == "Stopped. Your text is kept."
    async with service_session("test") as session:
        (job,) = (await session.execute(sa.select(QueueJob))).scalars()
    assert job.job_type == "process_brain_dump"
    gate.set()
    await asyncio.gather(*(run.task for run in runs if run.task))
    async with user_session(user_id) as session:
        assert sorted(dump.status for dump in await list_dumps(session)) == ["parsed"] * 7 + ["pending"] * 2
    await elsewhere.send(Inbox.sync)
    titles = [card.title for card in elsewhere.show(Running, "jobs")]
    assert titles == ["Your dump could not be read", "Reading a brain dump"]


async def test_the_box_opens_above_any_page_but_its_own(open_tab: Any, user_id: UUID) -> None:
    tab = await open_tab(user_id, "/projects")
    await tab.send(DumpState.open_above)
    assert tab.show(DumpState, "is_above") is True
    await tab.send(DumpState.keep_draft, {"content": "half a thought"})
    await tab.send(DumpState.put_away)
    await tab.send(DumpState.open_above)
    assert (tab.show(DumpState, "is_above"), tab.show(DumpState, "draft")) == (True, "half a thought")

    own = await open_tab(user_id, "/dump")
    await own.send(DumpState.load)
    await own.send(DumpState.open_above)
    assert own.show(DumpState, "is_above") is False
