"""The data of demo mode: what the start script of a first look sets up. Nothing here is for production."""
