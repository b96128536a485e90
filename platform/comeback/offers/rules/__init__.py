"""Pure decisions of offers: coupon codes, the training of co-purchases, the choice of products."""
