"""Twilio's own SDK over HTTP against the sandbox: what we send, what we find again, and every way it goes wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from buildos_app.errors import RequestRejected, ServiceUnavailable
from buildos_app.integrations.connect import connect
from buildos_app.integrations.twilio import TwilioSender, account_of, is_from_twilio, open_twilio
from buildos_app.integrations.twilio_http import TwilioHttp
from buildos_app.ports import OutgoingSms
from buildos_app.settings import Settings
from tests.fixtures.phone import PHONE, Twilio

HELLO = OutgoingSms(PHONE, "Order timber is due in 15 minutes")


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


async def test_a_message_is_made_and_found_again(sms: TwilioSender, twilio: Twilio) -> None:
    receipt = await sms.send(replace(HELLO, status_url="https://plan.example.org/x?message_id=1&attempt=1"))

    [kept] = twilio.sent()
    assert (kept["sid"], kept["to"], kept["from"]) == (receipt.sid, PHONE, "+15005550006")
    assert (kept["body"], kept["status"], kept["num_segments"]) == (HELLO.text, "queued", "1")
    assert kept["status_callback"] == "https://plan.example.org/x?message_id=1&attempt=1"
    assert [each.sid for each in await sms.find(HELLO, long_ago())] == [receipt.sid], "while it waits at Twilio"
    twilio.deliver(receipt.sid, "sent")
    assert [(each.sid, each.status) for each in await sms.find(HELLO, long_ago())] == [(receipt.sid, "sent")]


async def test_only_the_same_text_to_the_same_number_since_then_is_found(sms: TwilioSender, twilio: Twilio) -> None:
    receipt = await sms.send(HELLO)

    assert await sms.find(replace(HELLO, text="Order timber"), long_ago()) == []
    assert await sms.find(replace(HELLO, recipient="+4915112345679"), long_ago()) == []
    assert await sms.find(HELLO, datetime.now(UTC) + timedelta(minutes=6)) == []
    assert [each.sid for each in await sms.find(HELLO, long_ago())] == [receipt.sid]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("+15005550001", 21211),
        ("+15005550002", 21612),
        ("+15005550003", 21408),
        ("+15005550004", 21610),
        ("+15005550009", 21614),
        ("", 21604),
        ("12", 21211),
    ],
)
async def test_what_twilio_refuses_for_good(number: str, code: int, sms: TwilioSender, twilio: Twilio) -> None:
    with pytest.raises(RequestRejected) as raised:
        await sms.send(replace(HELLO, recipient=number))

    assert raised.value.code == code
    assert "5550" not in str(raised.value) and HELLO.text not in str(raised.value)
    assert twilio.sent() == []


FAULTS: list[tuple[dict[str, Any], str, bool, bool]] = [
    ({"kind": "refusal", "status": 429, "code": 20429, "headers": {"retry-after": "7"}}, "slow down", False, False),
    ({"kind": "refusal", "status": 500}, "not ready", True, False),
    ({"kind": "refusal", "status": 503}, "not ready", True, False),
    ({"kind": "silence"}, "too long", True, False),
    ({"kind": "silence", "kept": True}, "too long", True, True),
    ({"kind": "drop", "kept": False}, "broke", True, False),
    ({"kind": "drop"}, "broke", True, True),
]


@pytest.mark.parametrize(("turn", "words", "perhaps", "kept"), FAULTS)
async def test_what_is_worth_another_try(
    turn: dict[str, Any], words: str, perhaps: bool, kept: bool, sms: TwilioSender, twilio: Twilio
) -> None:
    """`perhaps_done` never says no where Twilio has kept the message."""
    twilio.next(turn)

    with pytest.raises(ServiceUnavailable, match=words) as raised:
        await sms.send(HELLO)

    assert raised.value.perhaps_done is perhaps
    assert raised.value.retry_after == (7 if turn.get("headers") else None)
    assert len(twilio.sent()) == kept
    assert len(await sms.find(HELLO, long_ago())) == kept


async def test_nobody_there_means_surely_not_sent(twilio: Twilio) -> None:
    async with open_twilio(replace(twilio.account, base_url="http://127.0.0.1:1")) as sender:
        with pytest.raises(ServiceUnavailable) as raised:
            await sender.send(HELLO)
    assert not raised.value.perhaps_done


async def test_a_wrong_token_and_missing_settings_say_which(twilio: Twilio) -> None:
    async with open_twilio(replace(twilio.account, auth_token="wrong")) as sender:
        with pytest.raises(RequestRejected) as raised:
            await sender.send(HELLO)
    assert raised.value.code == 20003
    async with open_twilio(replace(twilio.account, from_number="")) as sender:
        with pytest.raises(RequestRejected, match="TWILIO_FROM_NUMBER is missing"):
            await sender.send(HELLO)
    async with connect(Settings(_env_file=None, buildos_env="production")) as ports:
        with pytest.raises(RequestRejected, match="TWILIO_ACCOUNT_SID is missing"):
            await ports.sms.send(HELLO)


async def test_the_settings_choose_the_account() -> None:
    own = Settings(_env_file=None, twilio_account_sid="AC1", twilio_auth_token="t", twilio_base_url="http://x:1/")
    assert account_of(Settings(_env_file=None, buildos_env="production")) is None
    account = account_of(own)
    assert account is not None and (account.account_sid, account.base_url) == ("AC1", "http://x:1")
    assert "auth_token" not in repr(account)


async def test_a_code_proves_a_number(sms: TwilioSender, twilio: Twilio) -> None:
    await sms.send_code(PHONE)
    code = twilio.code()
    wrong = "000000" if code != "000000" else "111111"

    assert not await sms.check_code(PHONE, wrong)
    await sms.send_code(PHONE)
    assert twilio.code() == code, "sending again within its life sends the same code"
    assert await sms.check_code(PHONE, code)
    with pytest.raises(RequestRejected) as raised:
        await sms.check_code(PHONE, code)
    assert raised.value.code == 20404, "a code proves once"


async def test_a_code_that_has_ended_is_no_wrong_code(sms: TwilioSender, twilio: Twilio) -> None:
    """Twilio says so by 404, or by the state of the verification."""
    await sms.send_code(PHONE)
    twilio.next({"kind": "ended", "status": "expired"})
    with pytest.raises(RequestRejected) as raised:
        await sms.check_code(PHONE, twilio.code())
    assert raised.value.code == 20404


async def test_an_early_one_of_many_texts_is_found(sms: TwilioSender, twilio: Twilio) -> None:
    first = await sms.send(HELLO)
    for number in range(210):
        await sms.send(replace(HELLO, text=f"Text {number}"))
    assert [each.sid for each in await sms.find(HELLO, long_ago())] == [first.sid]


async def test_the_texts_of_a_trial_account_are_found_again(sms: TwilioSender, twilio: Twilio) -> None:
    twilio.next({"kind": "outcome", "statuses": [], "prefix": "Sent from your Twilio trial account - "})
    receipt = await sms.send(HELLO)
    assert [each.sid for each in await sms.find(HELLO, long_ago())] == [receipt.sid]


async def test_tries_and_codes_are_limited_by_twilio_too(sms: TwilioSender, twilio: Twilio) -> None:
    for _ in range(5):
        await sms.send_code(PHONE)
    with pytest.raises(RequestRejected) as raised:
        await sms.send_code(PHONE)
    assert raised.value.code == 60203
    wrong = "000000" if twilio.code() != "000000" else "111111"
    for _ in range(5):
        assert not await sms.check_code(PHONE, wrong)
    with pytest.raises(RequestRejected) as raised:
        await sms.check_code(PHONE, twilio.code())
    assert raised.value.code == 60202
    with pytest.raises(RequestRejected) as raised:
        await sms.send_code("+15005550009")
    assert raised.value.code == 60205


async def test_the_sdk_pages_through_the_sandboxs_lists(twilio: Twilio, sms: TwilioSender) -> None:
    for number in range(5):
        await sms.send(replace(HELLO, text=f"Text {number}"))
    client = Client(twilio.account.account_sid, twilio.account.auth_token, http_client=sms._client.http_client)
    assert isinstance(client.http_client, TwilioHttp)

    texts = [each.body for each in await client.messages.list_async(page_size=2)]
    one = await client.messages(twilio.sent()[0]["sid"]).fetch_async()

    assert texts == [f"Text {number}" for number in reversed(range(5))]
    assert one.body == "Text 0"


async def test_what_comes_in_blocks_what_goes_out(sms: TwilioSender, twilio: Twilio) -> None:
    twilio.receive(" Stop ")
    with pytest.raises(RequestRejected) as raised:
        await sms.send(HELLO)
    assert raised.value.code == 21610
    twilio.receive("start")
    await sms.send(HELLO)


def test_only_our_token_signs(twilio: Twilio) -> None:
    settings = Settings(_env_file=None, twilio_account_sid="AC1", twilio_auth_token="secret")
    url, fields = "https://plan.example.org/api/webhooks/twilio/status?message_id=1", {"MessageSid": "SM1"}
    good = RequestValidator("secret").compute_signature(url, fields)
    without_token = Settings(_env_file=None, twilio_account_sid="AC1")

    assert is_from_twilio(settings, url, fields, good)
    for wrong in ("", "x", RequestValidator("other").compute_signature(url, fields), good[:-1]):
        assert not is_from_twilio(settings, url, fields, wrong)
    assert not is_from_twilio(settings, url + "&user_id=2", fields, good), "the query is signed too"
    assert not is_from_twilio(settings, url, {**fields, "MessageStatus": "sent"}, good)
    assert not is_from_twilio(without_token, url, fields, RequestValidator("").compute_signature(url, fields))
    assert not is_from_twilio(Settings(_env_file=None, buildos_env="production"), url, fields, good)
