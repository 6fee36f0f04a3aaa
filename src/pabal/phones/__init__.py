"""The simulated handsets of a tenant."""
