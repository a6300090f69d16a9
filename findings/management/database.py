"""Commands that need the database say so plainly where it is not set up or does not answer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


class DatabaseCommand(BaseCommand):
    """Refuses to start, with what to do about it, instead of failing half-way with a traceback."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            executor = MigrationExecutor(connection)
            missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {str(error).strip()}", returncode=2) from error
        if missing:
            raise CommandError(
                "The database is not set up. Run: manage.py migrate; manage.py load_reference", returncode=2
            )
        return super().execute(*args, **options)
