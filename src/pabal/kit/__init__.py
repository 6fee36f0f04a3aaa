"""Mechanics without a business of their own: database, turns, pace, leases, HTTP edges, logs, embedded servers."""
