"""The first steps with a new shop, and signing in for the first time."""

from typing import Annotated, Literal

from msgspec import Meta, Struct


class StepOut(Struct, kw_only=True):
    """One step; `done` is a fact of the database. `url` is the real thing to open, null where there is none yet."""

    key: Literal["mail", "return", "connect", "brand"]
    done: bool
    url: str | None


class WelcomeOut(Struct, kw_only=True):
    """The checklist. `order` is the order that the return step would use, `mailbox_url` where a local stack shows its
    mails."""

    hidden: bool
    steps: list[StepOut]
    order: str | None
    email: str | None
    mailbox_url: str | None


class WelcomeIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """Whether the checklist is put away."""

    hidden: bool


class TestMailOut(Struct, kw_only=True):
    """A test mail on its way."""

    message_id: str
    recipient: str


class InvitationIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """The token of an invitation's link."""

    token: Annotated[str, Meta(min_length=1, max_length=100)]


class AcceptIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """The token of an invitation's link, and the password to log in with from now on."""

    token: Annotated[str, Meta(min_length=1, max_length=100)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]


class PasswordIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """Another password for the person at the desk."""

    current: Annotated[str, Meta(min_length=1, max_length=256)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]
