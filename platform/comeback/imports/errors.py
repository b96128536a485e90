"""Errors of the imports room."""

from comeback.core.errors import Conflict, Invalid, NotFound


class NoImport(NotFound):
    slug = "no-such-import"
    title = "There is no such import"


class BadImport(Invalid):
    slug = "bad-import"
    title = "This file cannot be imported"


class StillRunning(Conflict):
    slug = "import-running"
    title = "This import still runs"
