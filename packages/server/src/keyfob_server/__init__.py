"""The Keyfob authorization server."""
