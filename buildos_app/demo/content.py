"""What the demo's person has on their mind. Days are counted from today, so that the month is always this one."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DemoTask:
    """A task: `due` and `done` are days from today; a done one was completed on that day, at `hour`."""

    title: str
    due: int | None = None
    done: int | None = None
    minutes: int | None = None
    priority: str = "medium"
    hour: int | None = None
    details: str = ""
    status: str = "backlog"
    repeats: str | None = None


@dataclass(frozen=True)
class DemoProject:
    """A project with its tasks, its phases (name, first day, last day) and its notes (title, text, category)."""

    name: str
    description: str
    start: int
    end: int
    context: str = ""
    summary: str = ""
    status: str = "active"
    tags: list[str] = field(default_factory=list)
    tasks: list[DemoTask] = field(default_factory=list)
    phases: list[tuple[str, int, int]] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)


WEBSITE = DemoProject(
    "Website relaunch",
    "A faster, calmer site before the December launch",
    -21,
    24,
    context="## What it must do\n\n- Load in **one second** on a phone\n- Say what we do in one sentence\n"
    "- Keep every old address alive\n\n## Who helps\n\n| who | what |\n|---|---|\n| Sam | navigation, review |\n"
    "| Jonas | press |\n\nThe old site stays up until the new one was watched for a week.",
    summary="Relaunch the site with new pricing before the Christmas season; old links keep working.",
    tags=["web", "launch"],
    tasks=[
        DemoTask("Pick a font", done=-16, minutes=30),
        DemoTask("Migrate the blog posts", done=-12, minutes=180),
        DemoTask("Redirect the old addresses", done=-9, minutes=60, priority="high"),
        DemoTask("Compress the pictures", done=-3, minutes=45),
        DemoTask("Finalize pricing page copy", done=0, minutes=60, priority="high"),
        DemoTask("Get Sam to review the nav", due=1, minutes=30),
        DemoTask(
            "QA checkout flow on mobile",
            due=2,
            minutes=120,
            priority="high",
            details="Try **Safari** and an old Android.\n\n- [x] guest\n- [ ] voucher\n- [ ] card that is refused",
            status="in_progress",
        ),
        DemoTask("Send press kit to Jonas", due=0, minutes=20),
        DemoTask("Wire the pricing table", due=4, minutes=90, status="blocked"),
        DemoTask("Write alt texts", minutes=60, priority="low"),
        DemoTask("Book podcast slot", due=12),
        DemoTask("Watch the error log after launch", due=22, minutes=60),
    ],
    phases=[("Foundations", -21, -10), ("Build", -9, 9), ("Launch", 10, 24)],
    notes=[
        ("What Sam said about the nav", "Five entries at most. *Pricing* must be one of them.", "people"),
        (
            "Launch checklist",
            "1. Backup\n2. Switch the name\n3. Watch [the status page](https://example.org/status)",
            "howto",
        ),
        ("Speed today", "| page | seconds |\n|---|---|\n| home | 2.9 |\n| pricing | 3.4 |", "figures"),
    ],
)
GARDEN = DemoProject(
    "Garden before winter",
    "Raised beds, the birch, and nothing that freezes",
    -14,
    18,
    context="The yard closes at 16:00 and on Wednesdays. Larch lasts longest without paint.",
    tags=["home"],
    tasks=[
        DemoTask("Measure the beds", done=-10, minutes=20),
        DemoTask("Empty the rain barrel", done=-2, minutes=15),
        DemoTask("Order timber from Holzland", due=0, minutes=30, priority="high"),
        DemoTask("Call the tree surgeon about the birch", due=0, minutes=15, hour=15),
        DemoTask("Bring in the hose", due=-2, minutes=10),
        DemoTask("Build raised beds", due=4, minutes=180),
        DemoTask("Water the young hedge", due=3, minutes=20, repeats="weekly"),
        DemoTask("Cover the roses", due=9),
    ],
    notes=[
        ("Larch prices", "4.20 a metre at Holzland, **3.90** from twelve metres on", "figures"),
        ("Tree surgeon", "Mr Birk, mornings only. He knows the birch from 2019.", "people"),
    ],
)
THESIS = DemoProject(
    "Thesis, chapter 3",
    "Method and data, twenty pages, to the board by the tenth",
    -28,
    10,
    summary="Chapter 3 explains how the interviews were read and why twelve are enough.",
    tags=["study", "writing"],
    tasks=[
        DemoTask("Transcribe the last two interviews", done=-18, minutes=240),
        DemoTask("Outline the chapter", done=-14, minutes=90),
        DemoTask("Code interviews 1 to 6", done=-7, minutes=300),
        DemoTask("Return library books", due=-3, minutes=30),
        DemoTask("Prepare the board review", due=0, minutes=60, hour=14, priority="high"),
        DemoTask("Code interviews 7 to 12", due=3, minutes=300),
        DemoTask("Draw the figure of the method", due=5, minutes=120),
        DemoTask("Ask Prof. Lindt about the appendix", due=2, minutes=10),
        DemoTask("Write page 1 to 10", due=6, minutes=360),
    ],
    phases=[("Reading", -28, -11), ("Coding", -10, 3), ("Writing", 4, 10)],
    notes=[("Quote to use", "> A plan is a list of things that will not happen in that order.", "quotes")],
)
PARTY = DemoProject(
    "Mum's 70th birthday",
    "Thirty guests, one surprise",
    -7,
    30,
    tasks=[
        DemoTask("Reserve the room at the lake", done=-4, minutes=20),
        DemoTask("Collect photos from the cousins", due=6, minutes=45),
        DemoTask("Order the cake", due=16, priority="high"),
        DemoTask("Ask Ravi about music", due=1, minutes=10),
    ],
    notes=[("Guests", "- Anna and Tom\n- the Birks\n- choir (9)\n- cousins (7)", "people")],
)
KITCHEN = DemoProject("Paint the kitchen", "When the garden is done", -25, 60, status="paused", tags=["home"])
MOVE = DemoProject(
    "Move to the new office",
    "Done and dusted",
    -40,
    -6,
    status="completed",
    tasks=[DemoTask("Cancel the old lease", done=-30), DemoTask("Carry the plants over", done=-8, minutes=60)],
)
PROJECTS = (MOVE, KITCHEN, PARTY, THESIS, GARDEN, WEBSITE)

FREE_NOTES = (
    ("Wi-Fi at the lake", "`lakeview` / on the board at the door", "howto"),
    ("", "Ravi's new number is on the fridge.", "people"),
)

APPLIED_DUMP = (
    "Podcast: ask Lena whether she wants to be the first guest, by Friday. Buy a second microphone, at most 120 euros. "
    "Write down ten questions, about an hour. Remember: Lena prefers mornings. The first episode should be out before "
    "Christmas."
)
OPEN_DUMP = (
    "Taxes: find the receipts from March, 30 minutes. Send everything to Ms Okafor by next Wednesday, that one is "
    "urgent. Every first Monday of the month check the bank statements. She charges 90 euros an hour. Also renew the "
    "passport in January."
)

ANSWERS = {
    "projects": "Get the allotment ready for the frost\nA podcast about small teams\nLearn to sail next summer",
    "work_style": "I work 8:30 to 16:30, Monday to Thursday. Mornings are for hard things, after lunch small ones.",
    "challenges": "I start too many things at once, and small tasks pile up until they are late.",
    "help_focus": "Tell me each morning what comes first.",
}
"""What Mira told BuildOS on her first day."""
