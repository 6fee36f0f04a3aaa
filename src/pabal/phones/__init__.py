"""The simulated handsets of a tenant: what arrived on them, and answering as the person who holds one."""
