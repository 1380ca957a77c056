"""What was done, by whom and when: an append-only log in which every entry is chained to the one before."""
