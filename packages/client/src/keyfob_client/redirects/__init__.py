"""How the browser is opened and how its answer comes back."""
