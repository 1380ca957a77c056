"""Sending what was approved: once per destination, or a stated reason why not."""
