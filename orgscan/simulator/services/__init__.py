"""What each AWS service answers; one module per service."""
