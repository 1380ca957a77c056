"""Finished pieces of work, written down as revisions that never change, for a person to confirm."""
