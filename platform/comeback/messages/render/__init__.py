"""Turns a template source into compiled parts, and compiled parts plus a recipient's data into a mail's text.
Pure: no session, no clock, no network; imports kit only.
Publishes nothing."""
