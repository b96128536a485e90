"""Named errors of the desk."""

from comeback.core.errors import NotFound, Unauthorized


class NoSession(Unauthorized):
    """The desk is for people who are signed in, not for keys (401)."""

    slug, title = "no-session", "Please sign in"


class NoSuchPage(NotFound):
    """The id in the address is none of ours (404)."""

    slug, title = "no-such-page", "There is nothing here"


class NoContent(NotFound):
    """The content of a message is not kept, or it never had one (404)."""

    slug, title = "no-content", "The content of this message is not kept"
