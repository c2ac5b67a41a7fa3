"""The store: every run of a series, told by what changed."""
