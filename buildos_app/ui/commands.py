"""What the command bar offers and what `?` lists: each feature adds its own lines with `add_command` and `add_keys`."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.pages.dump.state import DumpState


@dataclass(frozen=True)
class Command:
    """Something to go to or to do: `href`, `opens` (the id of a dialog) or `on_click` says how.

    With both, `on_click` is done on the page that is open, and `href` leads there while the page cannot do it yet.

    `keys` are pressed one after the other ("G T") or together ("Ctrl K"); the command bar binds them on every page.
    `words` are further words by which it is found.
    """

    name: str
    label: str
    icon: str
    href: str = ""
    opens: str = ""
    on_click: Any = None
    keys: str = ""
    words: str = ""

    @property
    def hotkey(self) -> str:
        """The keys as `assets/js/app.js` compares them: "g_t", "mod+k"."""
        return hotkey(self.keys)


COMMANDS: list[Command] = []
KEYS: list[tuple[str, str]] = []


def add_command(command: Command) -> None:
    """Offer a command on every page. Raises ValueError when its name or its keys are taken."""
    if any(command.name == each.name or (command.keys and command.keys == each.keys) for each in COMMANDS):
        raise ValueError(f"The command {command.name} ({command.keys}) is there already.")
    COMMANDS.append(command)


def add_keys(keys: str, what: str) -> None:
    """List keys that a page binds itself."""
    if (keys, what) not in KEYS:
        KEYS.append((keys, what))


def hotkey(keys: str) -> str:
    """ "G T" is "g_t" and "Ctrl K" is "mod+k"."""
    return keys.lower().replace("ctrl ", "mod+").replace(" ", "_")


for each in (
    Command(
        "dump",
        "Write a brain dump",
        "pencil-line",
        href=routes.DUMP,
        on_click=DumpState.open_above,
        keys="B",
        words="new add capture",
    ),
    Command("dumps", "Go to your dumps", "archive", href=routes.DUMPS, keys="G D", words="history search"),
    Command("today", "Go to Today", "sun", href=routes.TODAY, keys="G T", words="home dashboard"),
    Command("projects", "Go to Projects", "folder", href=routes.PROJECTS, keys="G P"),
    Command("briefs", "Go to Briefs", "newspaper", href=routes.BRIEFS, keys="G R", words="daily morning read"),
    Command("notifications", "Go to Notifications", "bell", href=routes.NOTIFICATIONS, keys="G N", words="news"),
    Command("jobs", "Go to Jobs", "list-todo", href=routes.JOBS, keys="G J", words="running failed queue"),
    Command("settings", "Go to Settings", "settings", href=routes.settings("profile"), keys="G S", words="account"),
    Command("theme", "Switch light or dark", "sun-moon", on_click=rx.toggle_color_mode, words="colour mode theme"),
    Command("keys", "Show all keys", "keyboard", opens="keys-help", keys="?", words="help shortcuts"),
):
    add_command(each)

for keys, what in (
    ("Ctrl K", "Go to anything, do anything"),
    ("J K", "Next, previous row"),
    ("X", "Tick the row: complete it, leave it out, or take it in"),
    ("E", "Edit the row"),
    ("D", "Remove the proposal"),
    ("A", "Add to the list: a project, a note"),
    ("Ctrl ↵", "Process, save or apply what is on the page"),
    ("Esc", "Close what is open"),
):
    add_keys(keys, what)
