"""What exists in a simulated organization; nothing of it is made before it is asked for."""
