"""Builds the bytes of a mail: headers, multipart/alternative, DKIM signature.
Pure: no session, no clock, no network; imports cryptography, numpy and the standard library only.
Publishes nothing."""
