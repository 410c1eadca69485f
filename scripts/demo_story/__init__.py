"""What `./demo` shows: one install of an app, against a real server process."""
