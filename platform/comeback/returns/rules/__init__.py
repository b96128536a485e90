"""The pure decisions of returns: eligibility, prices, fees, shipping, tenders, states.

Imports kit only; the same code answers a quote and executes a settlement (spec M16).
"""
