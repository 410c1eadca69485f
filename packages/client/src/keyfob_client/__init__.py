"""An OAuth 2 and OpenID Connect client for apps whose every install registers itself."""
