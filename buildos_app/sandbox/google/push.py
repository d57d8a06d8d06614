"""Watch channels: their notifications, which may be lost, late, doubled or reordered, and are tried again on 5xx."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2

from buildos_app.sandbox.google.world import Account, Calendar, Channel, GoogleError, World

LONGEST = timedelta(days=30)
TRIES = 3


def watch(world: World, account: Account, calendar: Calendar, body: dict[str, Any]) -> dict[str, Any]:
    """`events.watch`. Raises GoogleError."""
    address, channel_id = str(body.get("address", "")), str(body.get("id", ""))
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1"):
        raise GoogleError(400, "push.webhookUrlNotHttps", f"WebHook callback must be HTTPS: {address}")
    if not channel_id or len(channel_id) > 64 or body.get("type") not in ("web_hook", "webhook"):
        raise GoogleError(400, "invalid", "Invalid channel")
    if channel_id in world.channels:
        raise GoogleError(400, "channelIdNotUnique", f"Channel id {channel_id} not unique")
    ttl = body.get("params", {}).get("ttl")
    wanted = timedelta(seconds=int(ttl)) if ttl else timedelta(days=7)
    if body.get("expiration"):
        wanted = datetime.fromtimestamp(int(body["expiration"]) / 1000, UTC) - world.now()
    channel = Channel(
        id=channel_id,
        resource_id=f"resource-{calendar.id}",
        email=account.email,
        calendar_id=calendar.id,
        address=address,
        token=str(body.get("token", "")),
        expires_at=world.now() + min(wanted, LONGEST),
    )
    world.channels[channel_id] = channel
    _post(world, channel, "sync")
    return {
        "kind": "api#channel",
        "id": channel.id,
        "resourceId": channel.resource_id,
        "resourceUri": _resource_uri(channel),
        "token": channel.token,
        "expiration": str(int(channel.expires_at.timestamp() * 1000)),
    }


def stop(world: World, body: dict[str, Any]) -> None:
    """`channels.stop`. Raises GoogleError."""
    channel = world.channels.get(str(body.get("id")))
    if channel is None or channel.resource_id != body.get("resourceId"):
        raise GoogleError(404, "notFound", f"Channel '{body.get('id')}' not found for project")
    del world.channels[channel.id]


def announce(world: World, calendar: Calendar) -> None:
    """Tell the channels of a calendar that something changed, the way that the tests ask for."""
    for channel in list(world.channels.values()):
        if channel.calendar_id != calendar.id or channel.expires_at <= world.now():
            continue
        if world.push_mode in ("held", "reordered"):
            channel.messages += 1
            world.held.append((channel, channel.messages))
        elif world.push_mode != "lost":
            for _ in range(2 if world.push_mode == "doubled" else 1):
                _post(world, channel, "exists")


def release(world: World) -> None:
    """Send what was held, the newest first where it shall be reordered."""
    held, world.held = world.held, []
    for channel, number in reversed(held) if world.push_mode == "reordered" else held:
        _send(world, channel, "exists", number)


def _post(world: World, channel: Channel, state: str) -> None:
    channel.messages += 1
    _send(world, channel, state, channel.messages)


def _send(world: World, channel: Channel, state: str, number: int) -> None:
    task = asyncio.create_task(_deliver(world, channel, state, number))
    world.sending.add(task)
    task.add_done_callback(world.sending.discard)


async def _deliver(world: World, channel: Channel, state: str, number: int) -> None:
    headers = {
        "X-Goog-Channel-ID": channel.id,
        "X-Goog-Channel-Expiration": channel.expires_at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "X-Goog-Resource-ID": channel.resource_id,
        "X-Goog-Resource-URI": _resource_uri(channel),
        "X-Goog-Resource-State": state,
        "X-Goog-Message-Number": str(number),
    }
    if channel.token:
        headers["X-Goog-Channel-Token"] = channel.token
    async with httpx2.AsyncClient(timeout=10) as client:
        for attempt in range(TRIES):
            with contextlib.suppress(httpx2.HTTPError):
                answer = await client.post(channel.address, headers=headers)
                world.pushes += 1
                if answer.status_code not in (500, 502, 503, 504):
                    return
            await asyncio.sleep(0.2 * 2**attempt)


def _resource_uri(channel: Channel) -> str:
    return f"https://www.googleapis.com/calendar/v3/calendars/{channel.calendar_id}/events?alt=json"
