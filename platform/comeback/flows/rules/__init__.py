"""Pure decisions of flows: definitions and what is wrong with them, one person's next step, who enters."""
