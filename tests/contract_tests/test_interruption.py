from __future__ import annotations

import os
import signal
import threading

import pytest
from letta_contract.contract_tests.interruption import Interruption, interruptions


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_interrupt_and_are_told(number: int) -> None:
    """Either signal raises at once, and is remembered."""
    with interruptions() as interruption:
        assert not interruption.came
        interruption.check()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
        assert interruption.came
        with pytest.raises(KeyboardInterrupt):
            interruption.check()


def test_handlers_are_put_back() -> None:
    """Afterwards signals do what they did before, whatever happened."""
    before = handlers()

    def wrong() -> None:
        with interruptions():
            assert handlers()[1] not in before
            raise KeyError

    with pytest.raises(KeyError):
        wrong()
    assert handlers() == before


def handlers() -> list[object]:
    return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


@pytest.mark.parametrize(("signals", "done"), [(1, ["made"]), (2, [])])
def test_what_is_begun_comes_to_its_end(signals: int, done: list[str]) -> None:
    """While it is postponed, an interruption waits, and counts right afterwards; a second one waits for nothing."""
    made: list[str] = []

    def making(interruption: Interruption) -> None:
        with interruption.postponed():
            for _ in range(signals):
                os.kill(os.getpid(), signal.SIGINT)
            made.append("made")

    with interruptions() as interruption, pytest.raises(KeyboardInterrupt):
        making(interruption)
    assert made == done


def test_nothing_is_postponed_for_ever() -> None:
    """After something that was let come to its end, or went wrong, signals interrupt at once again."""
    with interruptions() as interruption:
        with interruption.postponed():
            pass
        with pytest.raises(KeyError), interruption.postponed():
            raise KeyError
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_only_the_main_thread_listens() -> None:
    """In another thread a run goes on without listening for signals."""
    came: list[bool] = []

    def run() -> None:
        with interruptions() as interruption:
            came.append(interruption.came)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(5)
    assert came == [False]
