"""Numbers of how the copilot is used, each with an analysis and an action (J1, J2)."""
