"""The states of a message and how long to wait before the next try (messages, *Hand-off*)."""

from datetime import datetime, timedelta
from hashlib import sha256

from comeback.kit.states import Machine

MACHINE = Machine(
    "message",
    {
        "planned": {"claimed", "cancelled", "blocked"},
        "claimed": {"rendered", "planned", "cancelled", "blocked", "failed"},
        "rendered": {"handing_over", "claimed", "planned", "deferred", "cancelled", "blocked", "failed"},
        "handing_over": {"accepted", "deferred", "failed", "unknown"},
        "deferred": {"claimed", "cancelled", "blocked", "failed"},
        "unknown": {"claimed", "accepted", "failed"},
        "accepted": {"failed"},
    },
)
"""`unknown` is never planned again; a service mail may be claimed once more, unchanged. A later bounce fails it."""

STEPS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
LONGEST_STEP = timedelta(hours=4)
GIVE_UP = {"service": timedelta(hours=72), "marketing": timedelta(hours=24)}
RESEND_AFTER = timedelta(minutes=10)
BROKEN_STEPS = (5.0, 15.0, 60.0, 300.0)
MAX_ATTEMPTS = 40


def send_key(family: str, step: str, entry_key: str, recipient: str, channel: str) -> str:
    """The key under which a message exists once in its shop (R18): a hash, so that it holds no address."""
    text = "\x1f".join((family, step, entry_key, recipient.strip().lower(), channel))
    return sha256(text.encode()).hexdigest()


def next_try(class_: str, tries: int, first: datetime, now: datetime) -> datetime | None:
    """When to try again after the `tries`-th 4xx answer; None once the class's time is over."""
    step = STEPS[tries - 1] if tries <= len(STEPS) else min(STEPS[-1] * 2 ** (tries - len(STEPS)), LONGEST_STEP)
    due = now + step
    return None if due - first > GIVE_UP[class_] else due


def broken_pause(attempt: int) -> float:
    """Seconds until a mail is tried again that never left for a reason of the connection or of ours."""
    return BROKEN_STEPS[min(attempt, len(BROKEN_STEPS)) - 1] if attempt > 0 else BROKEN_STEPS[0]


def bad_address(stage: str, code: int, text: str) -> bool:
    """Whether a 5xx at RCPT says that the mailbox does not exist (RFC 3463 X.1.1): the address is then suppressed."""
    return stage == "RCPT" and code >= 500 and ("5.1.1" in text or "5.1.10" in text)


def later(now: datetime, seconds: float) -> datetime:
    """`now` and some seconds."""
    return now + timedelta(seconds=seconds)
