"""An AWS organization behind real HTTP endpoints, for the demo, the tests and the benchmarks."""
