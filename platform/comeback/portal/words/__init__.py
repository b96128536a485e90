"""The words of the customer pages: one gettext catalogue a language, and how a reader writes dates and money."""
