"""First-run set-up."""
