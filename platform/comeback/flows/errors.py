"""What can go wrong with flows."""

from comeback.core.errors import Conflict, Invalid, NotFound


class FlowNotFound(NotFound):
    """No such flow in this shop."""

    slug, title = "flow-not-found", "There is no such flow"


class FamilyTaken(Conflict):
    """Families are told apart by their name: it is part of what makes a message unique."""

    slug, title = "flow-family-taken", "There is a flow of this family"


class BadFlow(Invalid):
    """The definition cannot be published; every problem names its node."""

    slug, title = "bad-flow", "The flow cannot be published"


class NothingToPublish(Conflict):
    """There is no draft, and the flow is live already."""

    slug, title = "nothing-to-publish", "There is nothing to publish"


class NotLive(Conflict):
    """Only a live flow can be paused."""

    slug, title = "flow-not-live", "The flow is not live"


class NotPaused(Conflict):
    """Only a paused flow can go on."""

    slug, title = "flow-not-paused", "The flow is not paused"
