"""Pure helpers: money, ids, tokens, states, paging, conditions, tables.

Imports nothing of ours; no I/O, no clock.
"""
