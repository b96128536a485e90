"""Parsed Liquid turned into nested functions: the same text as the interpreter's, several times sooner.
May import liquid and render.liquid.
Publishes nothing; what it does not know is left to the interpreter, and tests compare the two."""
