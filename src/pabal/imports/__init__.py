"""Imports: from a file somebody has to people in the book, reversible and resumable."""

from pabal.imports.jobs import import_turn, serve_import
from pabal.imports.lease import Outcome
from pabal.imports.run import run_import
from pabal.imports.undo import serve_undo
from pabal.imports.upkeep import forget_old_uploads

__all__ = ["Outcome", "forget_old_uploads", "import_turn", "run_import", "serve_import", "serve_undo"]
