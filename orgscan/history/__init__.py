"""Runs over time: what changed between two of them, and the store of them all."""
