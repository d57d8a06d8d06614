"""The arguments of an event, checked against the handler's signature before its body runs.

Reflex's type hints are conversions at best: any socket may send anything under any name.
"""

import inspect
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model
from reflex.event import Event
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

LONGEST_TEXT, LONGEST_NAME, MOST_FIELDS = 500_000, 200, 500


def checked(event: Event) -> dict[str, Any] | None:
    """The arguments as the handler gets them, or None unless they have its names and exactly its types."""
    shape = _shape(event.name)
    if shape is None:
        return None
    try:
        arguments = {name: clean(_opened(value)) for name, value in event.payload.items()}
        values = shape.model_validate(arguments, strict=True)
    except (ValueError, TypeError, RecursionError):
        return None
    return arguments if all(_is_plain(value) for value in values.model_dump().values()) else None


def clean(value: Any) -> Any:
    """The same without zero bytes and halves of characters, which PostgreSQL stores in no text."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {clean(name): clean(each) for name, each in value.items()}
    return [clean(each) for each in value] if isinstance(value, list) else value


def _opened(value: Any) -> Any:
    """A form as a dict: browsers send it as pairs of a name and a value. Raises ValueError for what is no pair."""
    if not isinstance(value, dict) or FORM_DATA_ENTRIES_KEY not in value:
        return value
    return {str(name): each for name, each in value[FORM_DATA_ENTRIES_KEY]}


def _is_plain(value: Any) -> bool:
    """Is it of bounded size, and a form's fields texts, numbers and switches? No handler looks deeper than that."""
    if isinstance(value, dict):
        return len(value) <= MOST_FIELDS and all(
            len(name) <= LONGEST_NAME and not isinstance(each, dict | list) and _is_plain(each)
            for name, each in value.items()
        )
    if isinstance(value, list):
        return len(value) <= MOST_FIELDS and all(
            not isinstance(each, dict | list) and _is_plain(each) for each in value
        )
    return not isinstance(value, str) or len(value) <= LONGEST_TEXT


@cache
def _shape(event_name: str) -> type[BaseModel] | None:
    registered = RegistrationContext.get().event_handlers.get(event_name)
    if registered is None:
        return None
    function = registered.handler.fn
    hints = get_type_hints(function)
    fields: dict[str, Any] = {
        name: (hints.get(name, Any), ... if parameter.default is parameter.empty else parameter.default)
        for name, parameter in list(inspect.signature(function).parameters.items())[1:]
    }
    return create_model("Arguments", __config__=ConfigDict(extra="forbid"), **fields)
