"""What the server asks of others."""
