"""The customer of the portal's tests."""

from tests.support.portal import customer

__all__ = ["customer"]
