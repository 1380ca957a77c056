"""Tests; a package, so that the doubles can be imported from everywhere."""
