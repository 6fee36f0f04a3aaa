"""The rehearsal: the seeds' acceptance criteria, measured on a hub of its own through the public API.

Shares no code with the hub it judges: lists, labels and scores are made here, from values that the lists'
inventor knows, so a mistake of the product's parsers can't excuse itself.
"""
