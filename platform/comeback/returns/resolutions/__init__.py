"""The ways a settled unit is made good, one class a file: money, store credit, a replacement.

Each executes its part of a computed settlement in the transaction that decides it.
"""
