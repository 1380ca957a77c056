"""Every string of the attack lists through every way in, judged on every way out."""
