"""Doubles of every port, written once against the port."""
