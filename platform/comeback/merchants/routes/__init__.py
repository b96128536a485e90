"""HTTP of the merchants room: the shop and its look, its people, its API keys, its sending domains."""

from comeback.merchants.routes import domains, keys, people, shop

ROUTES = (*shop.ROUTES, *people.ROUTES, *keys.ROUTES, *domains.ROUTES)
