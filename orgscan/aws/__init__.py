"""The only place that knows botocore: sessions, calls, retries, and what errors mean."""
