"""Pure decisions of the pages: what stands where, in which words."""
