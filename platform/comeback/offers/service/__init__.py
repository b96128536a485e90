"""Use cases of offers: coupons, recommendations, the message block `offer`."""
