"""What can be done to a service: one action a file, pure decisions apart from calls."""
