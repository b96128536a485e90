"""The folder of the local stack: lock, secrets, ports, and the file that tells others."""

import base64
import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from comeback.app.console import Refused
from comeback.app.state import DemoFile, Hooks, OtherShop, StateFolder, choose_ports, free

KEYS = {
    "base_url", "shop", "api_key", "other_shop", "stripe_key", "control_url", "studio_url", "studio_email",
    "studio_password", "mailbox_url", "stripe_url", "carrier_url", "storefront_url", "hooks", "secrets",
}  # fmt: skip


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / ".comeback")
    first = folder.secrets()
    assert folder.secrets() == first
    assert StateFolder(tmp_path / ".comeback").secrets() == first
    assert len(base64.b64decode(first.kek)) == 32
    assert _mode(tmp_path / ".comeback" / "secrets" / "local.json") == 0o600
    assert _mode(tmp_path / ".comeback" / "secrets") == 0o700


def test_two_folders_have_different_secrets(tmp_path: Path) -> None:
    one, two = (StateFolder(tmp_path / name).secrets() for name in ("one", "two"))
    assert one.kek != two.kek
    assert one.staff_password != two.staff_password


def test_the_demo_file_has_the_agreed_keys(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    with pytest.raises(Refused, match="make run"):
        folder.read_demo()
    demo = DemoFile(
        base_url="b", shop="s", api_key="k", other_shop=OtherShop(shop="o", api_key="k2"), stripe_key="sk",
        control_url="c", studio_url="u", studio_email="e", studio_password="p", mailbox_url="m", stripe_url="st",
        carrier_url="ca", storefront_url=None, hooks=Hooks(carrier="h"), secrets=Hooks(stripe="w"),
    )  # fmt: skip
    folder.write_demo(demo)
    assert folder.read_demo() == demo
    written = json.loads(folder.demo_file.read_text())
    assert set(written) == KEYS
    assert set(written["other_shop"]) == {"shop", "api_key"}
    assert set(written["hooks"]) == set(written["secrets"]) == {"shopify", "woocommerce", "carrier", "stripe"}
    assert _mode(folder.demo_file) == 0o600


def test_a_folder_holds_one_stack(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    folder.lock()
    probe = (
        "import sys; from pathlib import Path; from comeback.app.state import StateFolder\n"
        "StateFolder(Path(sys.argv[1])).lock()"
    )
    other = subprocess.run(
        [sys.executable, "-c", probe, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert other.returncode != 0
    assert f"already runs in this folder (process {os.getpid()})" in other.stderr


@pytest.mark.parametrize("port", ["eighty", "80", "0", "70000", "-1", ""])
def test_a_port_that_is_none(port: str) -> None:
    with pytest.raises(Refused, match="is no port"):
        choose_ports({"PORT": port})


def test_a_taken_port_is_told_in_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not free(port)
        with pytest.raises(Refused) as caught:
            choose_ports({"PORT": str(port)})
    assert "\n" not in str(caught.value)
    assert str(port) in str(caught.value)
    assert free(port)


def test_parts_listen_beside_the_web() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        base = probe.getsockname()[1]
    if base > 64000 or not free(base):
        pytest.skip("the kernel gave a port without room above it")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", base + 1))
        taken.listen()
        ports = choose_ports({"PORT": str(base)})
    assert ports["web"] == base
    assert ports["stripe"] != base + 1, "a taken neighbour moves elsewhere"
    assert len(set(ports.values())) == len(ports)
