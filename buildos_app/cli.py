"""The command `buildos`: what people do from a shell."""

import asyncio
import getpass
import os
import sys
from collections.abc import Awaitable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from buildos_app.accounts.accounts import sign_up
from buildos_app.accounts.admins import list_admins, set_admin
from buildos_app.db.engine import dispose
from buildos_app.db.ready import ensure_ready
from buildos_app.demo.furnish import EMAIL, PASSWORD, furnish
from buildos_app.errors import BuildOSError, ConfigurationError, UserError
from buildos_app.settings import ROOT
from buildos_app.start.backup import back_up
from buildos_app.start.backup import restore as restore_backup
from buildos_app.start.doctor import examine
from buildos_app.start.extraction import print_extraction
from buildos_app.start.up import up as start_up

Answer = TypeVar("Answer")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
user = typer.Typer(no_args_is_help=True, help="People's accounts.")
app.add_typer(user, name="user")
admin = typer.Typer(no_args_is_help=True, help="Administrators. Nobody is one by default.")
app.add_typer(admin, name="admin")


def main() -> None:
    """Run the command; what we know how to explain becomes one line on stderr instead of a traceback."""
    try:
        app()
    except ConfigurationError as error:
        sys.exit(_complain(error, 2))
    except BuildOSError as error:
        sys.exit(_complain(error, 1))


@app.command()
def up(verbose: Annotated[bool, typer.Option(help="Show the programs' output here too.")] = False) -> None:
    """Start everything, and stop it with Ctrl-C."""
    start_up(verbose=verbose)


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    ensure_ready()
    typer.echo("The database is up to date.")


@app.command()
def worker() -> None:
    """Run a worker: the same as `python -m worker`, from any folder."""
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "worker"])  # noqa: S606 - our own module


@app.command()
def doctor() -> None:
    """Look for what would keep BuildOS from running, and say what to do about it."""
    raise typer.Exit(0 if examine() else 1)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The file to write, such as buildos-2026-11-29.dump.")]) -> None:
    """Write the whole database into a file; people may work meanwhile."""
    size = back_up(file)
    typer.echo(f"{file} holds everything ({size / 1_000_000:.1f} MB). The secret key is not in it: keep that apart.")


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file of `buildos backup`.", exists=True)]) -> None:
    """Fill an empty database from a backup."""
    restore_backup(file)
    typer.echo("Everything is back.")


@app.command()
def extract(
    file: Annotated[Path, typer.Argument(help="The text to read, in UTF-8; - is stdin.", allow_dash=True)],
    written: Annotated[str, typer.Option("--now", help="When it was written, such as 2026-11-23T09:00.")] = "",
    timezone: Annotated[str, typer.Option(help="Where it was written, such as Europe/Berlin.")] = "UTC",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of lines.")] = False,
) -> None:
    """Read a text as a brain dump and show what it would lead to; nothing is saved."""
    print_extraction(file, written, timezone, as_json=as_json)


@app.command()
def demo(
    email: Annotated[str, typer.Option(help="The account to make.")] = EMAIL,
    timezone: Annotated[str, typer.Option(help="Such as Europe/Berlin.")] = "UTC",
) -> None:
    """Furnish an account with a believable month, to look around in."""
    ensure_ready()
    asyncio.run(_furnish(email, timezone))
    typer.echo(f"Sign in as {email} with the password “{PASSWORD}”.")


async def _furnish(email: str, timezone: str) -> None:
    try:
        await furnish(email=email, timezone=timezone)
    finally:
        await dispose()


@user.command()
def add(
    email: str,
    name: Annotated[str, typer.Option(help="How to greet them; else the first part of the address.")] = "",
    timezone: Annotated[str, typer.Option(help="Such as Europe/Berlin.")] = "UTC",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")] = False,
) -> None:
    """Make an account, also where ALLOW_SIGNUP is false."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _ask_password()
    ensure_ready()
    asyncio.run(_add_user(email, password, name, timezone))
    typer.echo(f"{email} can sign in now.")


@admin.command()
def grant(email: str) -> None:
    """Let somebody see the administration."""
    ensure_ready()
    asyncio.run(_to_the_end(set_admin(email, admin=True)))
    typer.echo(f"{email} is an administrator now.")


@admin.command()
def revoke(email: str) -> None:
    """Take that back."""
    ensure_ready()
    asyncio.run(_to_the_end(set_admin(email, admin=False)))
    typer.echo(f"{email} is no administrator any more.")


@admin.command("list")
def list_() -> None:
    """Who is an administrator."""
    ensure_ready()
    for email in asyncio.run(_to_the_end(list_admins())):
        typer.echo(email)


async def _to_the_end(work: Awaitable[Answer]) -> Answer:
    try:
        return await work
    finally:
        await dispose()


async def _add_user(email: str, password: str, name: str, timezone: str) -> None:
    try:
        await sign_up(email=email, password=password, name=name, timezone=timezone)
    finally:
        await dispose()


def _ask_password() -> str:
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Again: "):
        raise UserError("The two passwords differ. Nothing was saved.")
    return password


def _complain(error: BuildOSError, code: int) -> int:
    print(error, file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
