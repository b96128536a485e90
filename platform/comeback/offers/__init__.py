"""Owns: product recommendations, coupon pools, coupons and their redemptions; the message block `offer`.
May import: orders, messages and below.
Publishes: coupon.redeemed."""
