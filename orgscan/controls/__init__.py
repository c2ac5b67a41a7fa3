"""The controls: one pure function of facts per file, its catalogue entry beside it."""
