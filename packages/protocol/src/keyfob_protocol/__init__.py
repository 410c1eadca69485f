"""The vocabulary of OAuth 2 and OpenID Connect as Keyfob speaks it: pure values and rules, standard library only."""
