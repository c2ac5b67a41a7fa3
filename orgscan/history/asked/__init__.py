"""What the store is asked, and what it answers."""
