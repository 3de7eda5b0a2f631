"""Who may: accounts, roles, sessions, signatures, the second person, emergency access."""
