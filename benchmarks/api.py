"""What the API costs on PostgreSQL, beside one SQL statement (the limit) and the same by the textbook."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
DATABASE = "peeltrack_benchmark"
ROUNDS, REQUESTS = 9, 20
WANTED = {"list": 4.0, "detail": 6.0, "change": 6.0}


def run(sizes: list[int]) -> None:
    """Builds each size in turn in a database of its own, measures, prints, and drops it."""
    server = os.environ.get("DATABASE_URL", SERVER)
    with psycopg.connect(server.replace("postgres://", "postgresql://", 1), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
        try:
            os.environ["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{DATABASE}"))
            _set_up()
            _measure(sorted(sizes))
        finally:
            connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peeltrack.settings")
    os.environ.setdefault("API_REQUESTS_PER_MINUTE", "1000000000")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    import django  # noqa: PLC0415 - the settings read the address that was only just set

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - as above

    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)


def _measure(sizes: list[int]) -> None:
    from benchmarks.population import Population, people_of  # noqa: PLC0415 - Django must be set up first

    print("tracked findings on PostgreSQL, processor time of application and database for one request:")
    people, population = people_of("kent"), Population()
    costs: dict[int, dict[str, dict[str, float]]] = {}
    for size in sizes:
        population.grow(size)
        costs[size] = _costs(people)
        _print(size, costs[size])
    if len(sizes) > 1:
        _print_growth(costs[sizes[0]], costs[sizes[-1]], sizes)


def _costs(people: Any) -> dict[str, dict[str, float]]:
    from django.conf import settings  # noqa: PLC0415
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from benchmarks import limit  # noqa: PLC0415
    from benchmarks.clock import Meter, ask  # noqa: PLC0415
    from tracking.models import Evidence, TrackedFinding  # noqa: PLC0415
    from tracking.tokens import issue_token  # noqa: PLC0415
    from tracking.vocabulary import Status  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    settings.ROOT_URLCONF = "benchmarks.urls"
    ours, token = get_wsgi_application(), issue_token(people.officer)[1]
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(Path(os.devnull).open("w"))  # noqa: SIM115 - written as ever, and not into the figures

    def backend() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    def good(app: Any, method: str, address: str, body: Any = None) -> None:
        status, answer = ask(app, method, address, token, json.dumps(body).encode() if body else b"")
        assert status in {200, 201}, (status, answer[:500])

    rows = TrackedFinding.objects.filter(force__memberships__user=people.officer)
    some = list(rows.filter(force=people.force).values_list("pk", flat=True)[: 5 * REQUESTS])
    plain = rows.filter(status=Status.OPEN.value, elements__isnull=True)
    waiting = iter(list(plain.values_list("pk", flat=True)))
    shown = _evidence_for(waiting, people, 3 * (REQUESTS * ROUNDS + 1), Evidence)
    turn = count()

    def one() -> int:
        return some[next(turn) % len(some)]

    meter = Meter(backend, ROUNDS, REQUESTS)
    api, book = "/api/v1/tracked-findings/", "/textbook/tracked-findings/"
    return {
        "list": meter.cost(
            {
                "ours": lambda: good(ours, "GET", f"{api}?force=kent"),
                "textbook": lambda: good(ours, "GET", f"{book}?force__slug=kent"),
                "limit": lambda: good(limit.application, "GET", "/?force=kent"),
            }
        ),
        "detail": meter.cost(
            {
                "ours": lambda: good(ours, "GET", f"{api}{one()}/"),
                "textbook": lambda: good(ours, "GET", f"{book}{one()}/"),
                "limit": lambda: good(limit.application, "GET", f"/?id={one()}"),
            }
        ),
        "change": Meter(backend, ROUNDS, REQUESTS).cost(_changes(good, ours, limit.application, shown, book)),
    }


def _evidence_for(waiting: Iterator[int], people: Any, needed: int, evidence: Any) -> Iterator[tuple[int, int]]:
    """Open findings, each with evidence signed off, made before anything is measured."""
    from django.utils import timezone  # noqa: PLC0415

    made = evidence.objects.bulk_create(
        evidence(
            tracked_finding_id=pk, title="Audit", link="https://force.example/", recorded_by=people.officer,
            signed_off_by=people.signatory, signed_off_at=timezone.now(),
        )
        for pk, _ in zip(waiting, range(needed), strict=False)
    )  # fmt: skip
    assert len(made) == needed, f"{needed} open findings are needed, {len(made)} are there"
    return iter([(one.tracked_finding_id, one.pk) for one in made])


def _changes(good: Callable[..., None], ours: Any, limit: Any, shown: Iterator[tuple[int, int]], book: str) -> Any:
    from django.utils import timezone  # noqa: PLC0415

    today = timezone.localdate().isoformat()

    def by_us() -> None:
        tracked, evidence = next(shown)
        move = {"tracked_finding": tracked, "to_status": "partly_complied", "basis": "evidence", "evidence": evidence, "effective_on": today, "reason": "So it is."}  # fmt: skip
        good(ours, "POST", "/api/v1/status-changes/", move)

    def by_the_book() -> None:
        good(ours, "PATCH", f"{book}{next(shown)[0]}/", {"status": "partly_complied"})

    def at_the_limit() -> None:
        tracked, evidence = next(shown)
        good(limit, "POST", f"/?tracked={tracked}&evidence={evidence}")

    return {"ours": by_us, "textbook": by_the_book, "limit": at_the_limit}


def _print(size: int, costs: dict[str, dict[str, float]]) -> None:
    for what, found in costs.items():
        ratio, book = found["ours"] / found["limit"], found["textbook"] / found["limit"]
        print(
            f"  {size:>9,}  {what:<7} ours {found['ours']:6.2f} ms, {ratio:5.1f} × the limit (wanted: {WANTED[what]:.0f});"
            f" textbook {found['textbook']:6.2f} ms, {book:5.1f} ×; limit {found['limit']:5.2f} ms"
        )


def _print_growth(small: dict[str, dict[str, float]], large: dict[str, dict[str, float]], sizes: list[int]) -> None:
    for what in small:
        print(
            f"  from {sizes[0]:,} to {sizes[-1]:,}: {what} costs {large[what]['ours'] / small[what]['ours']:.2f} times as much"
        )
