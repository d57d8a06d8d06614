"""Sending mail: by SMTP and by the webhook, with faults; what is written down, and what the mail says."""

import os
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from buildos_app.accounts.mail import account_mail
from buildos_app.briefs.choosing import save_preferences
from buildos_app.briefs.content import BriefContent, compose
from buildos_app.briefs.facts import BriefFacts, ProjectFact, TaskFact, Yesterday
from buildos_app.briefs.generate import request_brief, send_now
from buildos_app.briefs.jobs import GenerateBriefEmail, GenerateDailyBrief
from buildos_app.briefs.letter import LARGEST, Letter, letter
from buildos_app.clock import local_now
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import Conflict, RequestRejected, ServiceUnavailable
from buildos_app.integrations.connect import connect
from buildos_app.integrations.mail_webhook import open_webhook
from buildos_app.integrations.smtp import SmtpSender
from buildos_app.mail.identity import brief_message_id, unsubscribe_token, unsubscriber
from buildos_app.mail.mime import mime, text_part
from buildos_app.models.email import Email, EmailKind
from buildos_app.ports import EmailSender, NoEmail, OutgoingMail
from buildos_app.settings import Settings
from tests.fixtures.jobs import Perform
from tests.fixtures.processes import WEBHOOK_SECRET, Sandbox

ZONE = "Europe/Berlin"
GOLDEN = Path(__file__).parent / "golden"
RUNS = int(os.environ.get("MAIL_RUNS", "45"))
"""Mails by each way; `make mail-faults` sends 200."""
FAULTS: list[dict[str, Any]] = [
    {"kind": "answer", "code": 451, "at": "mail"},
    {"kind": "answer", "code": 450, "at": "rcpt"},
    {"kind": "answer", "code": 451, "at": "data"},
    {"kind": "answer", "code": 503, "at": "data"},
    {"kind": "silence", "kept": False},
    {"kind": "silence", "kept": True},
    {"kind": "drop", "when": "before"},
    {"kind": "drop", "when": "between"},
    {"kind": "drop", "when": "after"},
]


def some_mail(number: int = 0) -> OutgoingMail:
    user_id = UUID(int=1000 + number)
    return OutgoingMail(
        message_id=brief_message_id(user_id, date(2026, 11, 23), 0),
        recipient=f"p{number}@example.org",
        subject="Daily Brief - Mon, Nov 23",
        text="Hello",
        html="<p>Hello</p>",
        written_at=datetime(2026, 11, 23, 6, tzinfo=UTC),
        unsubscribe_url="https://plan.example.org/api/unsubscribe/x",
    )


def smtp_settings(sandbox: Sandbox, **more: Any) -> Settings:
    return Settings(
        _env_file=None,
        email_host="127.0.0.1",
        email_port=sandbox.smtp_port,
        email_from="Plan <plan@example.org>",
        **more,
    )


def webhook_settings(sandbox: Sandbox, secret: str = WEBHOOK_SECRET) -> Settings:
    return Settings(
        _env_file=None,
        email_webhook_url=f"{sandbox.url}/webhook/email",
        email_webhook_secret=secret,
        email_from="plan@example.org",
    )


async def deliver(sender: EmailSender, mail: OutgoingMail, attempts: int = 3) -> str:
    """What the job does, without its backoff."""
    for _ in range(attempts):
        try:
            await sender.send(mail)
        except ServiceUnavailable:
            continue
        except RequestRejected:
            return "rejected"
        return "sent"
    return "given up"


@pytest.mark.parametrize("way", ["smtp", "webhook"])
async def test_r10_runs_with_faults_lose_nothing_and_double_nothing(
    way: str, sandbox: Sandbox, record_property: Any
) -> None:
    """Each mail meets a fault and is tried again under its Message-ID; counted by that, all are there once."""
    sandbox.clear_mail()
    faults = [fault for fault in FAULTS if way == "smtp" or fault.get("code") not in (450, 451)]
    lost_reply = {"kind": "drop", "when": "after"}
    sandbox.next_mail(*(turn for number in range(RUNS) for turn in (faults[number % len(faults)], lost_reply)))

    if way == "smtp":
        results = await deliver_all(SmtpSender(smtp_settings(sandbox), timeout=0.12))
    else:
        async with open_webhook(webhook_settings(sandbox), seconds=0.12) as sender:
            results = await deliver_all(sender)

    assert set(results) <= {"sent", "rejected"}, results
    kept = [mail["message_id"] for mail in sandbox.mails()]
    wanted = {some_mail(number).message_id for number, result in enumerate(results) if result == "sent"}
    for name, count in {"faults": RUNS, "lost": len(wanted - set(kept)), "doubled": len(set(kept) - wanted)}.items():
        record_property(name, count)
    assert set(kept) == wanted, "lost, or kept although it was refused"
    print(f"{way}: {RUNS} mails, {len(wanted - set(kept))} lost, {len(set(kept) - wanted)} doubled")  # noqa: T201


async def deliver_all(sender: EmailSender) -> list[str]:
    """With tries to spare: a busy machine adds time-outs of its own."""
    return [await deliver(sender, some_mail(number), attempts=9) for number in range(RUNS)]


@pytest.mark.parametrize(
    ("turn", "error", "words"),
    [
        ({"kind": "answer", "code": 451, "at": "mail"}, ServiceUnavailable, "not ready"),
        ({"kind": "answer", "code": 550, "at": "rcpt"}, RequestRejected, "refused"),
        ({"kind": "answer", "code": 552, "at": "data"}, RequestRejected, "refused"),
        ({"kind": "silence"}, ServiceUnavailable, "too long"),
        ({"kind": "drop", "when": "between"}, ServiceUnavailable, "broke"),
    ],
)
async def test_what_smtp_says_in_our_words(
    turn: dict[str, Any], error: type[Exception], words: str, sandbox: Sandbox
) -> None:
    sandbox.clear_mail()
    sandbox.next_mail(turn)

    with pytest.raises(error, match=words) as raised:
        await SmtpSender(smtp_settings(sandbox), timeout=0.3).send(some_mail())

    assert "example.org" not in str(raised.value)


async def test_no_server_and_no_password_in_the_clear(sandbox: Sandbox) -> None:
    nobody = Settings(_env_file=None, email_host="127.0.0.1", email_port=1)
    with pytest.raises(ServiceUnavailable):
        await SmtpSender(nobody).send(some_mail())
    with pytest.raises(RequestRejected, match="EMAIL_USER"):
        await SmtpSender(smtp_settings(sandbox, email_user="me@example.org", email_pass="x")).send(some_mail())


async def test_the_webhook_is_signed_and_a_wrong_secret_is_refused(sandbox: Sandbox) -> None:
    sandbox.clear_mail()
    async with open_webhook(webhook_settings(sandbox, "another secret")) as sender:
        with pytest.raises(RequestRejected, match="403"):
            await sender.send(some_mail())
    async with open_webhook(webhook_settings(sandbox)) as sender:
        await sender.send(some_mail())
    [mail] = sandbox.mails(at_least=1)
    assert (mail["via"], mail["recipient"], mail["message_id"]) == ("webhook", "p0@example.org", some_mail().message_id)


async def test_trap_48_without_a_mail_server_production_says_so() -> None:
    async with connect(Settings(_env_file=None, buildos_env="production")) as ports:
        with pytest.raises(RequestRejected, match="not set up"):
            await ports.email.send(some_mail())


# What is written down


@pytest.fixture
async def wants_mail(user_id: UUID) -> UUID:
    async with service_session("test") as session:
        await session.execute(sa.text("UPDATE users SET email_confirmed_at = now()"))
    async with user_session(user_id) as session:
        await choose(session, user_id)
    return user_id


async def choose(session: Any, user_id: UUID, **more: Any) -> None:
    chosen = {"frequency": "daily", "day_of_week": None, "time_of_day": "00:00", "is_active": True}
    await save_preferences(session, user_id, **{**chosen, "email_daily_brief": True, "track_opens": False, **more})


def brief_job(**more: Any) -> GenerateDailyBrief:
    return GenerateDailyBrief(brief_date=local_now(ZONE).date(), timezone=ZONE, **more)


async def the_email() -> Email:
    async with service_session("test") as session:
        return (await session.execute(sa.select(Email))).scalar_one()


async def events() -> list[str]:
    async with service_session("test") as session:
        return list((await session.execute(sa.text("SELECT event FROM notifications ORDER BY seq"))).scalars())


async def test_a_brief_is_mailed_once(perform: Perform, wants_mail: UUID, sandbox: Sandbox) -> None:
    sandbox.clear_mail()
    await perform(brief_job())
    mail = await the_email()

    row = await perform(GenerateBriefEmail(email_id=mail.id), email=SmtpSender(smtp_settings(sandbox)))
    again = await perform(GenerateBriefEmail(email_id=mail.id), email=SmtpSender(smtp_settings(sandbox)))

    assert (row.status, again.result) == ("completed", {"sent": False, "reason": "It is sent already."})
    [kept] = sandbox.mails(at_least=1)
    assert kept["message_id"] == mail.message_id == brief_message_id(wants_mail, local_now(ZONE).date(), 0)
    assert (await the_email()).status == "sent"
    assert await events() == ["brief_completed", "brief_email_sent"]


async def test_trap_9_a_retry_or_a_regeneration_makes_no_second_mail(
    perform: Perform, wants_mail: UUID, sandbox: Sandbox
) -> None:
    sandbox.clear_mail()
    await perform(brief_job())
    mail = await the_email()
    sandbox.next_mail({"kind": "drop", "when": "between"})
    sender = SmtpSender(smtp_settings(sandbox))
    row = await perform(GenerateBriefEmail(email_id=mail.id), email=sender)
    assert (row.status, (await the_email()).status) == ("retrying", "pending")
    async with service_session("test") as session:
        await session.execute(sa.text("UPDATE queue_jobs SET scheduled_for = now() WHERE status = 'retrying'"))

    await perform(GenerateBriefEmail(email_id=mail.id), email=sender)
    await perform(brief_job(force_regenerate=True))

    assert len({kept["message_id"] for kept in sandbox.mails(at_least=2)}) == 1
    assert (await the_email()).status == "sent"


async def test_trap_49_preferences_are_read_again_when_it_goes_out(perform: Perform, wants_mail: UUID) -> None:
    await perform(brief_job())
    mail = await the_email()
    async with user_session(wants_mail) as session:
        await choose(session, wants_mail, email_daily_brief=False)

    row = await perform(GenerateBriefEmail(email_id=mail.id), email=NoEmail())

    assert row.result == {"sent": False, "reason": "Mail was turned off."}
    assert (await the_email()).status == "cancelled"


async def test_an_address_that_nobody_confirmed_gets_no_brief(perform: Perform, user_id: UUID) -> None:
    async with user_session(user_id) as session:
        await choose(session, user_id)
    await perform(brief_job())
    row = await perform(GenerateBriefEmail(email_id=(await the_email()).id), email=NoEmail())
    assert row.result == {"sent": False, "reason": "The address is not confirmed yet."}
    with pytest.raises(Conflict, match="Confirm your address"):
        async with user_session(user_id) as session:
            await send_now(session, user_id, local_now(ZONE).date())


async def test_trap_11_a_mail_that_failed_for_good_can_be_sent_later(
    perform: Perform, wants_mail: UUID, sandbox: Sandbox
) -> None:
    sandbox.clear_mail()
    await perform(brief_job())
    mail = await the_email()

    row = await perform(GenerateBriefEmail(email_id=mail.id), email=NoEmail())
    assert (row.status, (await the_email()).status) == ("failed", "failed")
    assert await events() == ["brief_completed", "brief_email_failed"]

    row = await perform(GenerateBriefEmail(email_id=mail.id), email=SmtpSender(smtp_settings(sandbox)))
    assert (row.status, (await the_email()).status) == ("completed", "sent")


async def test_mail_that_is_asked_for_comes_each_time(perform: Perform, wants_mail: UUID) -> None:
    today = local_now(ZONE).date()
    async with user_session(wants_mail) as session:
        await request_brief(session, wants_mail)
    with pytest.raises(Conflict, match="not written yet"):
        async with user_session(wants_mail) as session:
            await send_now(session, wants_mail, today)
    await perform(brief_job())
    async with user_session(wants_mail) as session:
        first, second = await send_now(session, wants_mail, today), await send_now(session, wants_mail, today)
    async with service_session("test") as session:
        numbers = (await session.execute(sa.text("SELECT number FROM emails ORDER BY number"))).scalars().all()
    assert first != second
    assert numbers == [0, 1, 2]


# What it says


def a_letter(**more: Any) -> Letter:
    today = date(2026, 11, 23)
    project = ProjectFact(
        id=UUID(int=1), name="Garden before winter", description="Beds & <b>paths</b>", task_count=5, done_count=1
    )
    tasks = [
        TaskFact(id=UUID(int=2), title="Order timber from <i>Holzland</i>", project_id=project.id, project=project.name,
                 day=today + timedelta(days=2), is_due=True, blocks=2, minutes=30),
        TaskFact(id=UUID(int=3), title="Call the tree surgeon", project_id=project.id, project=project.name,
                 day=today, at="15:00"),
        TaskFact(id=UUID(int=4), title="Return library books", day=today - timedelta(days=3), is_due=True, minutes=20),
    ]  # fmt: skip
    facts = BriefFacts(
        brief_date=today,
        timezone=ZONE,
        projects=[project],
        tasks=tasks,
        yesterday=Yesterday(planned=3, done=2, slipped=1),
    )
    values: dict[str, Any] = {
        "message_id": "<brief.20261123.0.golden@plan.example.org>",
        "recipient": "mira@example.org",
        "written_at": datetime(2026, 11, 23, 6, tzinfo=UTC),
        "user_id": UUID(int=9),
        "brief_date": today,
        "content": compose(facts),
    }
    return Letter(**{**values, **more})


@pytest.fixture
def golden_settings(monkeypatch: pytest.MonkeyPatch) -> Any:
    from buildos_app.settings import get_settings

    monkeypatch.setenv("APP_BASE_URL", "https://plan.example.org")
    monkeypatch.setenv("APP_SECRET_KEY", "a key of the tests that is long enough")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.mark.parametrize("name", ["brief", "tracked", "called-back", "reset"])
def test_the_golden_messages(name: str, golden_settings: Any) -> None:
    """Change one on purpose by deleting its file and running this again."""
    made = {
        "brief": lambda: letter(a_letter()),
        "tracked": lambda: letter(a_letter(tracking_id=UUID(int=77))),
        "called-back": lambda: letter(called_back()),
        "reset": lambda: account_mail(a_reset(), "Mira"),
    }[name]()
    raw = mime(made, "Plan <plan@example.org>").as_bytes()
    path = GOLDEN / f"{name}.eml"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(raw)
    assert raw == path.read_bytes()


def called_back() -> Letter:
    facts = BriefFacts(brief_date=date(2026, 11, 23), timezone=ZONE, is_reengagement=True, days_away=41)
    return a_letter(content=compose(facts), is_reengagement=True)


def a_reset() -> Email:
    return Email(
        id=UUID(int=5), user_id=UUID(int=9), kind=EmailKind.RESET_PASSWORD, recipient="mira@example.org",
        message_id="<account.golden@plan.example.org>", created_at=datetime(2026, 11, 23, 6, tzinfo=UTC),
    )  # fmt: skip


def test_both_parts_say_the_same_and_escape_what_people_wrote(golden_settings: Any) -> None:
    made = letter(a_letter())
    message = mime(made, "plan@example.org")
    text, html = text_part(message, "plain"), text_part(message, "html")
    for fact in (
        "Return library books",
        "3 days overdue",
        "blocks 2 tasks",
        "planned 3 · done 2 · slipped 1",
        "1 of 5 done",
    ):
        assert fact in text, fact
        assert fact in html, fact
    assert "<i>Holzland</i>" not in html and "&lt;i&gt;Holzland" in html
    assert "<i>Holzland</i>" in text


def test_trap_18_and_47_one_date_one_template_no_picture_unless_wanted(golden_settings: Any) -> None:
    made, tracked = letter(a_letter()), letter(a_letter(tracking_id=uuid4()))
    assert made.subject == "Daily Brief - Mon, Nov 23"
    assert made.html.count("<html") == 1 and "<img" not in made.html
    assert tracked.html.count("<img") == 1
    assert 'href="/' not in made.html


def test_headers_let_a_mail_program_end_it(golden_settings: Any) -> None:
    message = mime(letter(a_letter()), "Plan <plan@example.org>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert str(message["List-Unsubscribe"]).startswith("<https://plan.example.org/api/unsubscribe/")
    with pytest.raises(ValueError, match=r"(?i)header|line|CR"):
        mime(OutgoingMail(**{**vars(some_mail()), "subject": "Hi\r\nBcc: all@example.org"}), "plan@example.org")


@pytest.mark.parametrize("letter", ["\xa0", "\u202f", "\xad", "👩\u200d🌾"])
def test_a_subject_may_hold_what_is_seen_as_nothing(letter: str, golden_settings: Any) -> None:
    subject = f"Garden{letter}, 9 o'clock"
    message = mime(OutgoingMail(**{**vars(some_mail()), "subject": subject}), "plan@example.org")

    assert message_from_bytes(message.as_bytes(), policy=SMTP)["Subject"] == subject


@pytest.mark.parametrize("letter", ["\x00", "\x85", "\u2028", "\u2029", "\ud83d"])
def test_a_subject_holds_no_control_character(letter: str, golden_settings: Any) -> None:
    with pytest.raises(ValueError, match=r"control character|line|surrogate"):
        mime(OutgoingMail(**{**vars(some_mail()), "subject": f"Hi{letter}there"}), "plan@example.org")


def test_a_huge_brief_stays_below_what_mail_programs_cut(golden_settings: Any) -> None:
    projects = [ProjectFact(id=UUID(int=n), name=f"Project {n} " + "x" * 200) for n in range(1, 400)]
    tasks = [
        TaskFact(
            id=UUID(int=1000 + n),
            title=f"Task {n} " + "y" * 200,
            project_id=projects[n % 399].id,
            day=date(2026, 11, 23),
        )
        for n in range(800)
    ]
    facts = BriefFacts(brief_date=date(2026, 11, 23), timezone=ZONE, projects=projects, tasks=tasks)
    made = letter(a_letter(content=BriefContent.model_validate(compose(facts))))
    assert len(made.html.encode()) < LARGEST
    assert "in the brief itself" in made.html and "in the brief itself" in made.text


def test_a16_tokens_cannot_be_guessed_or_moved() -> None:
    mine, other = uuid4(), uuid4()
    token = unsubscribe_token(mine)
    assert unsubscriber(token) == mine
    for wrong in (
        f"{other.hex}.{token.partition('.')[2]}",
        token[:-1] + ("0" if token[-1] != "0" else "1"),
        mine.hex,
        "",
        "x.y",
    ):
        assert unsubscriber(wrong) is None
