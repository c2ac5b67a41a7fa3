"""What changed between two runs, as people and programs read it: one format in each module."""
