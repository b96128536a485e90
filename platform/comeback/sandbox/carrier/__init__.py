"""Owns: a stand-in carrier: labels, drop-off codes, tracking that the clock moves, signed tracking webhooks.
May import: kit and the sandbox's own http, hooks, clock.
Publishes: `server.CarrierSandbox`."""
