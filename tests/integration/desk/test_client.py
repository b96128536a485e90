"""The typed client of the studio is made from the application's own document, and may not lag behind it."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from litestar.serialization import encode_json

from tests.e2e.browser import ROOT

API = ROOT / "frontend" / "api"


@pytest.mark.skipif(
    shutil.which("node") is None or not (ROOT / "frontend" / "node_modules").exists(),
    reason="the front end is not installed (make setup)",
)
def test_the_client_follows_the_document(app: Any, tmp_path: Path) -> None:
    document = tmp_path / "openapi.json"
    document.write_bytes(encode_json(app.litestar.openapi_schema.to_schema()))
    check = ["node", "scripts/generate.mjs", "--from", str(document), "--check"]
    done = subprocess.run(check, cwd=API, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
