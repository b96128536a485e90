"""Words in many languages: how a gettext catalogue is read, and the sentences that rooms without pages say."""
