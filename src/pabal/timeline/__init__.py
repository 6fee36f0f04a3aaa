"""One person over time: what happened, what is ahead, everything that is held. Reads what the other packages write."""
