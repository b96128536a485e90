"""Misbehaviour on demand for the mailbox: any reply at any verb, silence, delay, a cut line."""

import msgspec

from comeback.sandbox.http import HttpError

VERBS = ("CONNECT", "EHLO", "HELO", "AUTH", "MAIL", "RCPT", "DATA", "BODY", "DOT", "RSET", "NOOP", "QUIT")
ALIASES = {".": "DOT", "END": "DOT", "EOM": "DOT", "BANNER": "CONNECT", "GREETING": "CONNECT"}


class MailFault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """At `verb` (BODY: while the text arrives; DOT: its end) the server says `reply`, whole lines as given.

    `reply` "drop" resets the connection, null leaves the true reply. `delay` waits that many seconds first.
    `after_bytes` (BODY) drops once so much text has come. `store` (DOT): the mail is kept although the reply says
    otherwise. `to`: only while a recipient contains this. `count`: how often, null for ever."""

    verb: str
    reply: str | None = None
    count: int | None = 1
    delay: float = 0.0
    after_bytes: int = 0
    store: bool = False
    to: str = ""


class MailFaults:
    def __init__(self) -> None:
        self.armed: list[MailFault] = []

    def arm(self, fault: MailFault) -> None:
        """Raises HttpError 422 for an unknown verb."""
        verb = fault.verb.upper()
        fault.verb = ALIASES.get(verb, verb)
        if fault.verb not in VERBS:
            raise HttpError(422, f"verb must be one of {', '.join(VERBS)}")
        self.armed.append(fault)

    def take(self, verb: str, recipients: list[str]) -> MailFault | None:
        """The first that fits, used up by one."""
        for fault in self.armed:
            if fault.verb != verb or (fault.to and not any(fault.to in address for address in recipients)):
                continue
            if fault.count is not None:
                fault.count -= 1
                if fault.count <= 0:
                    self.armed.remove(fault)
            return fault
        return None

    def watching(self, verb: str) -> bool:
        return any(fault.verb == verb for fault in self.armed)
