"""Errors of the merchants room, each with its HTTP status."""

from comeback.core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthorized


class WrongLogin(Unauthorized):
    """One answer for an unknown address, a wrong password and a closed account, so that none can be told apart."""

    slug = "wrong-login"
    title = "This address and password do not belong together"


class TooManyLogins(TooMany):
    slug = "too-many-logins"
    title = "Too many attempts; wait some minutes and try again"


class SlugTaken(Conflict):
    slug = "shop-slug-taken"
    title = "Another shop has this short name"


class StaffExists(Conflict):
    slug = "staff-exists"
    title = "Somebody with this address works here already"


class WeakPassword(Invalid):
    slug = "weak-password"
    title = "This password is too easy to guess"


class ScopeTooWide(Forbidden):
    slug = "scope-too-wide"
    title = "Nobody can give more rights than they have"


class LastOwner(Conflict):
    slug = "last-owner"
    title = "A shop keeps at least one owner"


class UnknownShop(NotFound):
    slug = "unknown-shop"
    title = "There is no such shop"


class NoConnection(NotFound):
    slug = "no-connection"
    title = "The shop is not connected to this service"


class InvitationOver(NotFound):
    slug = "invitation-over"
    title = "This invitation was used, replaced or has run out"


class WrongPassword(Invalid):
    slug = "wrong-password"
    title = "This is not your current password"


class BadPicture(Invalid):
    slug = "bad-picture"
    title = "This file is no picture that can be used"
