"""What deploys the service: its files are well-formed, hold no secret, and run as nobody special."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).resolve().parents[1]
INSTRUCTIONS = {"FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD", "COMMENT"}


@pytest.fixture(scope="module")
def steps() -> list[dict[str, Any]]:
    parser = DockerfileParser(fileobj=(ROOT / "Dockerfile").open("r+b"))
    try:
        found: list[dict[str, Any]] = parser.structure
    finally:
        parser.fileobj.close()
    return found


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return found


def test_the_image_is_built_in_two_stages_and_runs_as_an_ordinary_user(steps: list[dict[str, Any]]) -> None:
    assert {step["instruction"] for step in steps} <= INSTRUCTIONS
    stages = [step["value"] for step in steps if step["instruction"] == "FROM"]
    assert len(stages) == 2
    names = [stage.split(" AS ")[1] for stage in stages if " AS " in stage]
    copied_from = [
        m[1] for step in steps if step["instruction"] == "COPY" and (m := re.match(r"--from=(\S+)", step["value"]))
    ]
    assert copied_from == names == ["build"]
    users = [step["value"] for step in steps if step["instruction"] == "USER"]
    assert users == ["peeltrack"]
    assert steps[-1]["instruction"] == "CMD"


def test_everything_the_image_copies_exists_and_is_let_through(steps: list[dict[str, Any]]) -> None:
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for step in steps:
        if step["instruction"] != "COPY" or step["value"].startswith("--from"):
            continue
        for source in step["value"].split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source in let_through, source


def test_compose_names_the_five_services_each_with_a_health_check(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert {"web", "worker", "beat", "database", "queue"} <= set(services)
    for name in set(services) - {"setup"}:
        check = services[name]["healthcheck"]
        assert check["test"][0] in {"CMD", "CMD-SHELL"}, name
        assert {"interval", "timeout", "retries"} <= set(check), name


def test_compose_refers_only_to_what_it_declares(compose: dict[str, Any]) -> None:
    declared = set(compose["volumes"])
    for name, service in compose["services"].items():
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= declared, name
        assert set(service.get("depends_on", {})) <= set(compose["services"]), name
        assert ("build" in service) or re.fullmatch(r"[a-z]+:[\w.-]+", service["image"]), name


def test_no_secret_stands_in_the_files(compose: dict[str, Any]) -> None:
    secret = re.compile(r"SECRET|PASSWORD|TOKEN")
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            if secret.search(variable):
                assert re.fullmatch(r"\$\{\w+:(\?[^}]+|-)\}", value), (name, variable)
            assert not re.search(r"://[^:/@\s]+:(?!\$\{)[^@\s]+@", str(value)), (name, variable)
    for line in (ROOT / ".env.example").read_text().splitlines():
        if secret.search(line.split("=")[0]) and not line.startswith("#"):
            assert line.endswith("="), line


def test_every_direct_requirement_is_pinned_with_a_reason_and_locked_with_hashes() -> None:
    for name in ("requirements", "requirements-dev"):
        lock = (ROOT / f"{name}.lock").read_text()
        locked = re.sub(r"\[.*?\]", "", lock.lower())
        reason = False
        for line in (ROOT / f"{name}.txt").read_text().splitlines():
            if line.startswith("#"):
                reason = True
            elif not line:
                reason = False
            elif not line.startswith("-r"):
                assert "==" in line, line
                assert reason, f"{line}: no reason above it"
                package, version = re.sub(r"\[.*?\]", "", line).split("==")
                assert (
                    f"{package.lower()}=={version} \\" in locked.replace("-", "_")
                    or f"{package.lower()}=={version} \\" in locked
                ), line
        assert "--hash=sha256:" in lock
        assert "://" not in lock
