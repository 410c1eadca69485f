"""The admin listener: health for whoever runs the server, and pages for administrators."""
