"""Where a finished run is sent: a bucket, Security Hub, and those who are told of it."""
