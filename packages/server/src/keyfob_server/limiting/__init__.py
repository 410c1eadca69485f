"""Counting on this node."""
