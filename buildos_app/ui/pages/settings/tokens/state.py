"""Personal tokens."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from buildos_app.accounts.tokens import TokenView, list_tokens, make_token, revoke_token
from buildos_app.clock import now
from buildos_app.errors import UserError
from buildos_app.ui.inbox import say
from buildos_app.ui.session import SessionState, parse_id
from buildos_app.ui.views import ago_words

LIFETIMES = {"30": 30, "90": 90, "365": 365, "never": None}


@dataclass(frozen=True)
class TokenRow:
    """A token without its secret."""

    id: str
    name: str
    detail: str


class TokensState(SessionState):
    """The keys that a person's programs use. A new one is shown once and leaves the state with the next load."""

    loaded: bool = False
    tokens: list[TokenRow] = []
    new_token: str = ""
    error: str = ""
    made: int = 0

    @rx.event
    async def load(self):
        """Read the list; what was shown once is gone."""
        self.new_token = ""
        await self._read()

    @rx.event
    async def make(self, form: dict[str, Any]):
        """Make a token and show it, this once."""
        days = LIFETIMES.get(str(form.get("lifetime")), 90)
        try:
            async with self._db() as session:
                token = await make_token(session, self._user_id, str(form.get("name", "")), days=days)
        except UserError as error:
            self.error = str(error)
            return
        self.new_token, self.made = token, self.made + 1
        await self._read()

    @rx.event
    async def revoke(self, token_id: str):
        """End a token."""
        async with self._db() as session:
            await revoke_token(session, parse_id(token_id))
        await say(self, "Token revoked")
        return TokensState.load

    async def _read(self) -> None:
        async with self._db() as session:
            found = await list_tokens(session)
        self.tokens = [TokenRow(str(item.id), item.name, _detail(item)) for item in found]
        self.loaded, self.error = True, ""


def _detail(token: TokenView) -> str:
    used = f"used {ago_words(token.last_used_at, now())}" if token.last_used_at else "never used"
    if token.expires_at is None:
        end = "never runs out"
    elif token.expires_at <= now():
        end = "has run out"
    else:
        end = f"runs out on {token.expires_at:%-d %b %Y}"
    return f"{token.hint}… · {used} · {end}"
