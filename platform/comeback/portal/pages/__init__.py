"""How pages are made: templates, the shop's look, headers, the cache of made pages."""
