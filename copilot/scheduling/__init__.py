"""What is made by itself at a time: weekly digests, each time once (J3)."""
