"""Runs over time: what changed between two of them."""
