"""Owns the customer's pages: tracking, look-up, returns portal; server-rendered, whole without JavaScript.

May import: returns, flows, and the floors below. Publishes nothing.
"""
