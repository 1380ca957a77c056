"""How contracts are likely to end, learned from the team's own history and told with its counts (K3)."""
