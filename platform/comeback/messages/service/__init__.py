"""The use cases of the messages room, one file a subject; other rooms call them as `messages.service.<name>`."""

from comeback.messages.service.plan import cancel, plan
from comeback.messages.service.publish import (
    install_default_templates,
    list_templates,
    preview,
    publish_source,
)
from comeback.messages.service.reading import list_messages, raw_message, rendered_html
from comeback.messages.service.sockets import plug, unplug
from comeback.messages.service.unsubscribe import unsubscribe, unsubscribe_target

__all__ = [
    "cancel",
    "install_default_templates",
    "list_messages",
    "list_templates",
    "plan",
    "plug",
    "preview",
    "publish_source",
    "raw_message",
    "rendered_html",
    "unplug",
    "unsubscribe",
    "unsubscribe_target",
]
