"""People (人): accounts, households, seats and how they sign in."""
