"""Owns: a stand-in for Stripe's API that the official client drives, and its memory.
May import: kit and the sandbox's own http, hooks, clock.
Publishes: `server.StripeSandbox`."""
