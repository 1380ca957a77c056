"""What the study of faults needs: a served home, what people do meanwhile, and the faults themselves."""
