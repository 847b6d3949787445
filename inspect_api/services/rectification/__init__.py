"""整改: from a finding to its sign-off. `cases` and `project` stand below the roll-up, which calls them; the others above it."""
