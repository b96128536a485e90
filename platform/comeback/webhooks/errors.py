"""Errors of the webhooks room."""

from comeback.core.errors import Conflict, Invalid, NotFound


class NoEndpoint(NotFound):
    slug = "no-such-webhook"
    title = "There is no such webhook"


class NoDelivery(NotFound):
    slug = "no-such-delivery"
    title = "There is no such delivery"


class BadEndpoint(Invalid):
    slug = "bad-webhook"
    title = "This webhook cannot be saved"


class TooManyEndpoints(Conflict):
    slug = "too-many-webhooks"
    title = "The shop has as many webhooks as it can have"


class NothingToSend(Conflict):
    slug = "nothing-to-send"
    title = "What this delivery told of is no longer kept"
