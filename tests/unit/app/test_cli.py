"""The command line: every command has something to run, mistakes are told in one line."""

import pytest

from comeback.app import cli
from comeback.app.console import Refused, pairs


def _refuse() -> None:
    raise Refused("This cannot be done.")


def _interrupted() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("target", [target for target, _ in cli.COMMANDS.values()])
def test_every_command_leads_somewhere(target: str) -> None:
    assert callable(cli.load(target))


def test_an_unknown_command_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["dance"])
    assert "migrate" in capsys.readouterr().err


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert all(name in text for name in cli.COMMANDS)


def test_a_refusal_is_one_line_and_exit_code_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "load", lambda _target: _refuse)
    assert cli.main(["drain"]) == 1
    assert capsys.readouterr().err == "This cannot be done.\n"


def test_an_interrupt_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "load", lambda _target: _interrupted)
    assert cli.main(["drain"]) == 130


def test_two_columns() -> None:
    assert pairs([("a", "1"), ("long", "2")]) == "  a     1\n  long  2"
