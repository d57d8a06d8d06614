"""Every page can be drawn: what the build would refuse in a minute, this refuses at once."""

import pytest

from buildos_app.buildos_app import app


@pytest.mark.parametrize("route", sorted(app._unevaluated_pages))
def test_a_page_is_drawn(route: str) -> None:
    assert app._unevaluated_pages[route].component().render()


def test_commands_and_their_keys_are_told_apart() -> None:
    from buildos_app.ui.commands import COMMANDS, Command, add_command

    assert len({command.name for command in COMMANDS}) == len(COMMANDS)
    with pytest.raises(ValueError, match="there already"):
        add_command(Command("another", "Another", "sun", href="/", keys="G T"))
