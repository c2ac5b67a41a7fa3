"""The queue and the workers that take every target to exactly one outcome."""
