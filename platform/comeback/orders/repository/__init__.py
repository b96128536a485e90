"""All SQL of the orders room: taking orders in, units and money under lock, and what others read."""
