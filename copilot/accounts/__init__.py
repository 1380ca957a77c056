"""Accounts, opportunities and leads: the facts that plans and messages are about."""
