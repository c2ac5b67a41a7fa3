"""The evidence bundle: what it holds, how it is signed, and how it is checked."""
