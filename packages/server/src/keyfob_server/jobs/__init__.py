"""What the clock starts, beside the requests."""
