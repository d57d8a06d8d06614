"""The two doors: sign in and sign up."""

import reflex as rx

from buildos_app.ui import routes
from buildos_app.ui.components.brand import brand
from buildos_app.ui.components.buttons import STYLES
from buildos_app.ui.components.fields import NativeForm, field
from buildos_app.ui.components.surfaces import card

EMAIL = {"type": "email", "auto_complete": "email", "required": True, "max_length": 254}


def sign_in() -> rx.Component:
    """Sign in with address and password."""
    return door(
        "Sign in",
        "Pick up where you left off.",
        native_form(
            routes.AUTH_SIGN_IN,
            "Sign in",
            field("E-mail", "email", auto_focus=True, **EMAIL),
            field("Password", "password", type="password", auto_complete="current-password", required=True),
            rx.el.p(
                rx.el.a(
                    "Forgot your password?",
                    href=routes.FORGOT_PASSWORD,
                    class_name="text-accent-text underline underline-offset-2",
                ),
                class_name="text-sm -mt-1",
            ),
            rx.el.input(type="hidden", name="next"),
        ),
        ("New here?", "Make an account", routes.SIGN_UP),
    )


def sign_up() -> rx.Component:
    """Make an account."""
    rule = rx.el.p(
        "8 characters or more. Anything goes, a sentence is best.", id="rule", class_name="text-xs text-ink-3"
    )
    return door(
        "Make an account",
        "Empty your head. Get projects, tasks and a plan.",
        native_form(
            routes.AUTH_SIGN_UP,
            "Make account",
            field("Name", "name", auto_complete="name", auto_focus=True, max_length=100),
            field("E-mail", "email", **EMAIL),
            field(
                "Password",
                "password",
                rule,
                type="password",
                auto_complete="new-password",
                required=True,
                min_length=8,
                max_length=256,
                aria_describedby="rule",
            ),
            rx.el.input(type="hidden", name="timezone"),
        ),
        ("You have an account?", "Sign in", routes.SIGN_IN),
    )


def door(title: str, promise: str, form: rx.Component, other: tuple[str, str, str]) -> rx.Component:
    """A page of somebody who is not signed in: a card, and the way to the other one below it."""
    question, answer, href = other
    return rx.el.main(
        rx.el.div(
            brand(),
            card(
                rx.el.h1(title, class_name="text-2xl font-[640] tracking-[-0.022em]"),
                rx.el.p(promise, class_name="text-ink-2 mt-1 mb-5"),
                form,
                class_name="p-6",
            ),
            rx.el.p(
                question,
                " ",
                rx.el.a(answer, href=href, class_name="text-accent-text font-[540] underline underline-offset-2"),
                class_name="text-sm text-ink-2 text-center",
            ),
            class_name="w-full max-w-[392px] grid gap-5",
        ),
        id="main",
        class_name="min-h-screen grid place-items-center px-4 py-8 bg-canvas text-ink",
    )


def native_form(action: str, verb: str, *fields: rx.Component) -> rx.Component:
    """A form that `assets/js/app.js` sends, with a place for what the answer says."""
    return NativeForm.create(
        *fields,
        rx.el.p(
            "",
            role="alert",
            tab_index=-1,
            hidden=True,
            custom_attrs={"data-error": "true"},
            class_name="text-sm text-bad bg-bad-soft rounded-s px-3 py-2",
        ),
        rx.el.p(
            "",
            role="status",
            tab_index=-1,
            hidden=True,
            custom_attrs={"data-said": "true"},
            class_name="text-sm text-good bg-good-soft rounded-s px-3 py-2",
        ),
        rx.el.button(verb, type="submit", class_name=STYLES["primary"] + " h-[40px] w-full"),
        action=action,
        method="post",
        custom_attrs={"data-native": "true"},
        class_name="grid gap-4",
    )
