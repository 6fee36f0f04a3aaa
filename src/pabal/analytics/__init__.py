"""Results: what campaigns came to. Reads only; every figure from the ledger, none from a log."""
