"""Schema commands for installations that run their processes themselves."""

from __future__ import annotations

import typer

from pabal.kit.embedded.files import EmbeddedError


def migrate() -> None:
    """Create roles if the login may, then bring the schema to the newest revision (`pabal up` does it by
    itself).
    """
    from pabal.cli.stores import database_access, ready_schema
    from pabal.config import load_settings

    settings = load_settings()
    if settings.database_url is None:
        raise EmbeddedError("PABAL_DATABASE_URL is not set; the embedded database is migrated by `pabal up`")
    access = database_access(settings, None, settings.data_dir)
    fresh = ready_schema(access, settings)
    typer.echo("schema created" if fresh else "schema is up to date")
