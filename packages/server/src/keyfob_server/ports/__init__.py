"""What the endpoints need of the world, one small Protocol a file."""
