"""The customer of the portal's tests writes to the shop; a manager at the desk answers."""

from tests.integration.desk.conftest import desk
from tests.support.portal import customer

__all__ = ["customer", "desk"]
