"""A tick box that does not wait for the server, and takes the tick back when the server refuses."""

from typing import Any

import reflex as rx

from buildos_app.ui.components.fields import BOX
from buildos_app.ui.inbox import Inbox


class TickBox(rx.Component):
    """The optimistic box of `assets/js/tickbox.js`."""

    library = "$/public/js/tickbox.js"
    tag = "TickBox"

    ticked: rx.Var[bool]
    refusals: rx.Var[int]
    on_tick: rx.EventHandler[rx.event.passthrough_event_spec(bool)]  # type: ignore[type-arg, valid-type]


def tick_box(label: Any, ticked: Any, on_tick: Any, **props: Any) -> rx.Component:
    """A box whose name is read aloud; draw the visible text beside it."""
    attributes = {"aria-label": label} | props.pop("custom_attrs", {})
    extra = props.pop("class_name", "")
    return TickBox.create(
        ticked=ticked,
        refusals=Inbox.refusals,
        on_tick=on_tick,
        custom_attrs=attributes,
        class_name=f"{BOX} {extra}",
        **props,
    )
