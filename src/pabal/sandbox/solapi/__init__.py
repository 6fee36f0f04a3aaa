"""Solapi v4 as its public documents, SDKs and traces show it."""
