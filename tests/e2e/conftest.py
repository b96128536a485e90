"""The customer of the browser journeys."""

from tests.support.portal import customer

__all__ = ["customer"]
