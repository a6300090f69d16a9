"""Runs a command with PostgreSQL and Redis as the services: `python -m tests.services COMMAND …`.

Both must answer: a suite that quietly fell back to SQLite would prove nothing.
"""

import os
import sys

import psycopg
from redis import Redis
from redis.exceptions import RedisError

DATABASE_URL = "postgres://postgres@127.0.0.1:5432/postgres"
REDIS_URL = "redis://127.0.0.1:6379/15"


def main(command: list[str]) -> None:
    """Replaces this process by `command`, with both addresses set; exits with 2 where a service does not answer."""
    database = os.environ.setdefault("DATABASE_URL", DATABASE_URL)
    broker = os.environ.setdefault("REDIS_URL", REDIS_URL)
    try:
        psycopg.connect(database.replace("postgres://", "postgresql://", 1), connect_timeout=5).close()
        Redis.from_url(broker, socket_connect_timeout=5).ping()
    except (psycopg.Error, RedisError) as error:
        sys.exit(f"make test-services needs PostgreSQL and Redis (DATABASE_URL, REDIS_URL): {error}")
    os.environ["NOTHING_SKIPPED"] = "1"
    os.execvp(command[0], command)  # noqa: S606 - runs what the Makefile says


if __name__ == "__main__":
    main(sys.argv[1:])
