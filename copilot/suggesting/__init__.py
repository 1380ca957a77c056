"""What to do next about an account, what to leave alone, and why: every line rests on a cited document."""
