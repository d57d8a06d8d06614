"""Phone numbers: from what people type to E.164, and how they are shown."""

from functools import cache
from importlib.resources import files

import phonenumbers

from buildos_app.errors import InvalidInput

FALLBACK_REGION = "US"
SHORTEST = 9
"""With the plus: shorter numbers are services of a country, not phones."""
_MOBILE = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
    phonenumbers.PhoneNumberType.UNKNOWN,
)


def normalise(typed: str, timezone: str) -> str:
    """The number as E.164; without a country code it is of the country that the timezone is in.

    A number that its country has not handed out yet passes, since such tables are always a little old; Twilio knows.
    Raises InvalidInput for what cannot be a mobile number, and says what to type.
    """
    try:
        number = phonenumbers.parse(typed[:40], region_of(timezone))
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number) or len(_e164(number)) < SHORTEST:
        raise InvalidInput("This is no phone number. Type it with its country code, such as +49 1512 3456789.")
    if phonenumbers.number_type(number) not in _MOBILE:
        raise InvalidInput("This number cannot take text messages. Use a mobile number.")
    return _e164(number)


def shown(number: str) -> str:
    """The number with spaces, as people write it."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def region_of(timezone: str) -> str:
    """The country of a timezone, as two letters; the United States for zones of none."""
    return _regions().get(timezone, FALLBACK_REGION)


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@cache
def _regions() -> dict[str, str]:
    """Country by timezone, from the table that comes with the zones."""
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}
