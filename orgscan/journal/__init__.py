"""What each target gave, appended as it completes, and read back in order for the reports."""
