"""What a scan would sweep, leave out, call, take and cost, told before it runs."""
