"""Studies on synthetic data, whose truth is known; each is run by `python -m tests.studies.NAME`."""
