"""Entry point of imports."""

from typing import Protocol

from comeback.core.blobs import Blobs
from comeback.core.db import Database
from comeback.core.jobs import JobFn
from comeback.core.settings import Settings
from comeback.imports.service.running import Importer
from comeback.imports.service.uploading import JOB


class Services(Protocol):
    """What this room needs of the process's services."""

    settings: Settings
    database: Database
    blobs: Blobs


def jobs(services: Services) -> dict[str, JobFn]:
    """Job name → function."""
    return {JOB: Importer(services.database, services.blobs, services.settings).run}
