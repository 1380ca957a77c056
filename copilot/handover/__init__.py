"""A conversation that a person takes over."""
