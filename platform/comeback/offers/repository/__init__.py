"""All SQL of offers, by subject."""
