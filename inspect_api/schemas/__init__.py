"""What crosses the wire, one noun a file. Whitelists: a field that is not named here is refused."""
