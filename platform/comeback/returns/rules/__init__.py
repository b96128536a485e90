"""The pure decisions of returns: eligibility, prices, fees, shipping, tenders, states.

Imports kit and the pure rules of orders; one code answers a quote and executes a settlement (spec M16).
"""
