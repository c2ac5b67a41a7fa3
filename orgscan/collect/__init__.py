"""What is asked of one account-region; one module per AWS service."""
