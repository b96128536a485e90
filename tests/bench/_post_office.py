"""django-post_office on PostgreSQL, as a process: `python -m tests.bench._post_office URL PORT` with a JSON on stdin.

Mails are queued beforehand and rendered when they are sent, as ours are; what is measured is its own `send_queued`
until nothing is left, in one process with its usual batches and threads. Prints mails and processor time a mail.
"""

import importlib
import json
import logging
import sys
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings
from django.core.management import call_command

APPS = ["django.contrib.contenttypes", "post_office"]


def configure(url: str, port: int) -> None:
    """Django with nothing but the queue."""
    parts = urlsplit(url)
    host = parts.hostname or parse_qs(parts.query).get("host", [""])[0]
    database = {
        "ENGINE": "django.db.backends.postgresql", "NAME": parts.path.lstrip("/"), "USER": parts.username or "postgres",
        "PASSWORD": parts.password or "", "HOST": host, "PORT": str(parts.port or ""),
    }  # fmt: skip
    settings.configure(
        DATABASES={"default": database}, INSTALLED_APPS=APPS, USE_TZ=True, USE_I18N=False,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port,
        EMAIL_BACKEND="post_office.EmailBackend", LOGGING_CONFIG=None,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        POST_OFFICE={"BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
                     "CELERY_ENABLED": False, "LOG_LEVEL": 0},
    )  # fmt: skip
    django.setup()
    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)


def part(name: str) -> Any:
    """A module of django-post_office: an extra, and to be imported only after Django's set-up."""
    return importlib.import_module(f"post_office.{name}")


def queue(template: str, values: dict[str, Any], count: int) -> None:
    """Planned mails that are rendered at delivery."""
    mail, models = part("mail"), part("models")
    models.Email.objects.all().delete()
    known, _ = models.EmailTemplate.objects.update_or_create(
        name="shipped", defaults={"subject": "Your order {{ n }}", "content": "Hello", "html_content": template}
    )
    mail.send_many([
        {"recipients": f"p{n}@example.com", "sender": "orders@shop.example", "template": known,
         "context": values | {"n": n}, "render_on_delivery": True}
        for n in range(count)
    ])  # fmt: skip


def send() -> int:
    """Sends until nothing is left; answers how many were sent."""
    total, send_queued = 0, part("mail").send_queued
    while (done := send_queued())[0]:
        total += done[0]
    return total


def main(url: str, port: int) -> None:
    """Queues, sends, prints."""
    given = json.load(sys.stdin)
    configure(url, port)
    queue(given["template"], given["values"], given["count"])
    cpu, started = time.process_time(), time.perf_counter()
    sent = send()
    spent, worked = time.perf_counter() - started, time.process_time() - cpu
    if sent != given["count"]:
        raise SystemExit(f"sent {sent} of {given['count']}")
    print(json.dumps({"rate": sent / spent, "cpu": worked / sent}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
