"""The replay: a real shop's invoices and credit notes through a whole local stack, every sum compared to the penny."""
