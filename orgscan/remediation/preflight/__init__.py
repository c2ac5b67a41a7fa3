"""Whether tasks without a public address get out of the subnets that they are to run in."""
