"""The delivering loop: a lane an endpoint, claimed by lease and attempt, called through core/egress, then recorded.
May import repository, rules and models.
Publishes nothing."""
