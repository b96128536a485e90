"""The use cases of the flows room; other rooms call them as `flows.service.<name>`."""

from comeback.flows.service.admin import install_default_flows
from comeback.flows.service.guard import still_right
from comeback.flows.service.moving import advance_shop, hear

__all__ = ["advance_shop", "hear", "install_default_flows", "still_right"]
