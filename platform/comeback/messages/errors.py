"""What can be wrong about a template or a message."""

from comeback.core.errors import Invalid, NotFound


class UnknownMessage(NotFound):
    slug, title = "unknown-message", "There is no such message"


class UnknownTemplate(NotFound):
    slug, title = "unknown-template", "There is no such template"


class NoBody(NotFound):
    slug, title = "no-body", "The body of this message is not kept any more, or not made yet"


class NotPublishable(Invalid):
    slug, title = "not-publishable", "The template cannot be published"
