"""The production shape is readable by its tools and keeps its promises: time-outs, replicas, no secret inside."""

import re
from typing import Any

import pytest
import yaml

from tests.architecture.source import ROOT

COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
CONTAINER = (ROOT / "Containerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE)


def test_all_parts_are_there(compose: dict[str, Any]) -> None:
    wanted = {"proxy", "web", "worker", "carrier-worker", "migrate", "postgres", "redis", "mailpit"}
    assert set(compose["services"]) == wanted
    for name in ("web", "worker"):
        assert compose["services"][name]["deploy"]["replicas"] >= 2


def test_services_name_only_what_exists(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert "image" in service
        assert set(service.get("depends_on", {})) <= set(compose["services"]), name
        assert set(service.get("networks", [])) <= set(compose["networks"]), name
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"], name
        for config in service.get("configs", []):
            assert config["source"] in compose["configs"], name


def test_the_stores_are_not_reachable_from_outside(compose: dict[str, Any]) -> None:
    assert compose["networks"]["back"]["internal"] is True
    for name in ("postgres", "redis", "web", "worker"):
        assert "ports" not in compose["services"][name]


def test_slow_senders_are_cut_off_by_the_proxy(compose: dict[str, Any]) -> None:
    config = compose["configs"]["proxy"]["content"]
    for setting in ("client_header_timeout", "client_body_timeout", "send_timeout"):
        seconds = re.search(rf"{setting} (\d+)s;", config)
        assert seconds is not None
        assert int(seconds.group(1)) <= 20
    assert config.count("{") == config.count("}")
    # Compose would take a single dollar for one of its own variables.
    assert not re.search(r"(?<!\$)\$(?!\$)\w", config)


def test_rehearsal_and_metrics_do_not_pass_the_proxy(compose: dict[str, Any]) -> None:
    config = compose["configs"]["proxy"]["content"]
    assert "location /internal/ { return 404; }" in config
    assert "location = /metrics { return 404; }" in config


def test_no_secret_stands_in_the_files(compose: dict[str, Any]) -> None:
    for name, value in compose["x-comeback"]["environment"].items():
        if re.search(r"SECRET|KEK|PASSWORD", name):
            assert value.startswith("${"), name
            assert ":?" in value, f"{name} must be asked for, never guessed"
    assert "LOCAL" not in COMPOSE
    assert not re.search(r"(?i)(?:secret|password|kek|token)\s*=", CONTAINER)


def test_the_image_does_not_run_as_root_and_checks_hashes() -> None:
    assert re.search(r"^USER 10001$", CONTAINER, re.MULTILINE)
    assert "--require-hashes" in CONTAINER


def test_what_the_image_copies_exists() -> None:
    copied = [
        part
        for line in CONTAINER.splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for part in line.split()[1:-1]
    ]
    assert copied
    assert not [part for part in copied if not (ROOT / part).exists()]
