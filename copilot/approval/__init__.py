"""A person's decision on one revision: the only way anything may leave."""
