"""Owns the way out by SMTP: connections, pipelining, the hand-over of one mail, and what a reply means.
May import core and kit.
Publishes nothing; callers get an Outcome a mail."""
