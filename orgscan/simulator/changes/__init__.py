"""What was changed in a simulated organization; time is counted in reads, never by a clock."""
