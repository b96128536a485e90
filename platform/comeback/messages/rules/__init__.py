"""Pure decisions about messages: states, back-off, keys, what an open or click means.
May import kit only.
Publishes nothing."""
