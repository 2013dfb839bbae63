import pytest
from letta_contract.mock_server.moment import Clock, normalized


def test_clock_never_gives_a_moment_twice() -> None:
    """What is made later is dated later, however fast it is made."""
    clock = Clock()
    moments = [clock.now() for _ in range(1000)]
    assert sorted(set(moments)) == moments


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000000Z"),
        ("2026-01-31T12:00:00.5+02:00", "2026-01-31T10:00:00.500000Z"),
        ("2026-01-31T12:00", "2026-01-31T12:00:00.000000Z"),
        ("2026-01-31", "2026-01-31T00:00:00.000000Z"),
        ("0001-01-01T00:00:00+23:00", "0001-01-01T00:00:00.000000Z"),
        ("9999-12-31T23:59:59-23:00", "9999-12-31T23:59:59.000000Z"),
    ],
)
def test_dates_are_kept_in_one_form(sent: str, kept: str) -> None:
    """Texts sort as the moments they mean: what is missing is UTC and midnight, and none leads out of the calendar."""
    assert normalized(sent) == kept
