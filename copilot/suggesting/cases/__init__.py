"""Which customer cases fit an account (G1, G2), and the ledger that their figures allow (G3)."""
