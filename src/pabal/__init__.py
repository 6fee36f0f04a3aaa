"""Pabal (파발): a self-hosted messaging hub for Korean election camps and sales teams."""

__version__ = "0.1.0"
