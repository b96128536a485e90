"""Leave the flow before its end."""

from datetime import datetime

from comeback.flows.nodes.base import Moment, Node, Outcome


class Exit(Node, frozen=True, kw_only=True, tag="exit"):
    """Ends the run; `reason` is what the report shows."""

    reason: str = ""

    def run(self, due_at: datetime | None, moment: Moment) -> Outcome:
        """What happens at `moment` to a person here; `due_at` is set where they already wait."""
        return Outcome("exited", why=self.reason)
