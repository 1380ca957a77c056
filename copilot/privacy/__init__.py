"""What belongs to a person and what opens a door: recognised in one place, masked, and given back or erased."""
