"""The pages behind the links of account mail: asking for a new password, choosing it, confirming an address."""

import reflex as rx

from buildos_app.settings import get_settings
from buildos_app.ui import routes
from buildos_app.ui.components.fields import NativeLink, field
from buildos_app.ui.components.surfaces import notice
from buildos_app.ui.pages.sign_in.page import EMAIL, door, native_form

BACK = ("Remembered it?", "Sign in", routes.SIGN_IN)


def forgot_password() -> rx.Component:
    """Ask for a link; the answer is the same whether there is such an account or not."""
    return door(
        "Forgot your password?",
        "We send a link to your address. It works once, for 30 minutes.",
        rx.fragment(
            native_form(routes.AUTH_FORGOT, "Send the link", field("E-mail", "email", auto_focus=True, **EMAIL)),
            _where_mail_goes(),
        ),
        BACK,
    )


def reset_password() -> rx.Component:
    """Choose a new password; the token stands behind the # of the address."""
    rule = rx.el.p(
        "8 characters or more. Every browser that is signed in will have to sign in again.",
        id="rule",
        class_name="text-xs text-ink-3",
    )
    return door(
        "Choose a new password",
        "Anything goes, a sentence is best.",
        native_form(
            routes.AUTH_RESET,
            "Save the password",
            field(
                "New password",
                "password",
                rule,
                type="password",
                auto_complete="new-password",
                auto_focus=True,
                required=True,
                min_length=8,
                max_length=256,
                aria_describedby="rule",
            ),
            rx.el.input(type="hidden", name="token"),
        ),
        BACK,
    )


def confirm_address() -> rx.Component:
    """Confirm by a button: what opens links by itself confirms nothing."""
    return door(
        "Confirm your address",
        "One click, and your briefs can come by e-mail.",
        native_form(routes.AUTH_CONFIRM, "Confirm this address", rx.el.input(type="hidden", name="token")),
        ("Done here?", "Open BuildOS", routes.TODAY),
    )


def _where_mail_goes() -> rx.Component:
    settings = get_settings()
    if settings.is_production or settings.has_email:
        return rx.fragment()
    link = NativeLink.create(
        "sandbox's mailbox",
        href=f"{settings.sandbox_url}/mail",
        target="_blank",
        rel="noopener",
        class_name="underline",
    )
    return rx.el.div(
        notice(rx.fragment("Mail is not set up here, so that it goes to the ", link, "."), icon_name="inbox"),
        class_name="mt-4",
    )
