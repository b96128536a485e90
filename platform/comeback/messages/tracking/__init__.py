"""Pixel and click: answered at once from signed ids, hits stored in batches by this process.
May import repository, sender.addresses and core.
Publishes nothing; raw hits are judged when they are read."""
