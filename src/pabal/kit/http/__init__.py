"""HTTP mechanics: problems, who is calling, idempotency, pages, live events, the browser files. No feature
is known here.
"""
