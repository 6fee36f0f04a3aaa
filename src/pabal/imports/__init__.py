"""Imports: from a file somebody has to people in the book, reversible and resumable."""

from pabal.imports.jobs import import_turn, serve_import
from pabal.imports.run import Outcome, run_import

__all__ = ["Outcome", "import_turn", "run_import", "serve_import"]
