"""Scenarios are plans: in time order, repeatable, ending as their name says. Barcodes are read back by a scanner."""

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from comeback.sandbox.carrier.code128 import widths
from comeback.sandbox.carrier.parcels import tracking_number
from comeback.sandbox.carrier.scenarios import CODES, DAY, SCENARIOS, Place, plan

HERE, THERE = Place("Leipzig", "DE"), Place("Hamburg", "DE")
ENDS = {
    "normal": ("delivered", 1, 4),
    "delayed": ("delivered", 4, 8),
    "failed_attempt": ("delivered", 2, 5),
    "pickup": ("delivered", 2, 6),
    "return_to_sender": ("returned", 4, 9),
    "lost": ("exception", 10, 14),
    "return": ("info_received", 0, 0),
    "dropped_off": ("delivered", 1, 3),
}


@pytest.mark.parametrize("scenario", sorted(ENDS))
@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_plans(scenario: str, seed: str) -> None:
    scans = plan(scenario, seed, 1_800_000_000, HERE, THERE)
    assert scans == plan(scenario, seed, 1_800_000_000, HERE, THERE)
    times = [scan.at for scan in scans]
    assert times == sorted(times)
    end, low, high = ENDS[scenario]
    assert scans[-1].status == end
    assert low <= (times[-1] - 1_800_000_000) / DAY <= high
    assert all(CODES[scan.code][0] == scan.status for scan in scans)


def test_every_scenario_is_covered() -> None:
    assert set(SCENARIOS) == {*ENDS, "manual"}
    assert plan("manual", "a", 0, HERE, THERE) == []


def test_tracking_numbers_carry_a_check_digit() -> None:
    numbers = {tracking_number("account", str(reference), attempt) for reference in range(500) for attempt in range(2)}
    assert len(numbers) == 1_000
    for number in numbers:
        assert number.startswith("SB")
        assert sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(number[2:])) % 10 == 0


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=24))
def test_barcodes_are_read_back(text: str) -> None:
    row = [0] * 20
    for place, width in enumerate(widths(text)):
        row += [1 - place % 2] * width
    row += [0] * 20
    picture = Image.new("L", (len(row), 1))
    picture.putdata([0 if dark else 255 for dark in row])
    (found,) = zxingcpp.read_barcodes(picture.resize((len(row) * 3, 60), Image.Resampling.NEAREST))
    assert found.text == text


@pytest.mark.parametrize("text", ["", "é", "\n"])
def test_what_no_barcode_holds(text: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        widths(text)
