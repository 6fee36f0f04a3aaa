"""Carrier adapters: HTTP out, payload in. Never the database, never Redis. See docs/dispatch.md."""
