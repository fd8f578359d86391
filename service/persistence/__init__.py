"""What is kept of a call: the record (`decisions`) and where it is written (`sql`)."""
