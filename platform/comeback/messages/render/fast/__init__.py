"""Parsed Liquid turned into one Python function: the same text as the interpreter's, many times sooner.
May import liquid and render.liquid.
Publishes nothing; what it does not know is left to the interpreter, and tests compare the two."""
