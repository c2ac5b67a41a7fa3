"""Settings: files, environment and options, checked before anything is called."""
