"""Turns at hosts: one at a time, with pauses, and hosts side by side."""

import threading
import time
from itertools import pairwise

import pytest

from dx_pipeline.evidence.politeness import NotYetError, Turns


def test_one_at_a_time_goes_to_a_host() -> None:
    turns, inside, most = Turns(), 0, 0
    guard = threading.Lock()

    def visit() -> None:
        nonlocal inside, most
        with turns.take("a", 0.0, 10.0):
            with guard:
                inside += 1
                most = max(most, inside)
            time.sleep(0.01)
            with guard:
                inside -= 1

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_hosts_are_asked_side_by_side() -> None:
    turns, both = Turns(), threading.Barrier(2, timeout=5)

    def visit() -> None:
        with turns.take("b", 0.0, 10.0):
            both.wait()

    other = threading.Thread(target=visit)
    other.start()
    with turns.take("a", 0.0, 10.0):
        both.wait()  # both are inside at once, or this breaks
    other.join()


def test_a_delay_passes_between_two_requests_and_none_before_the_first() -> None:
    turns, times = Turns(), []
    for _ in range(3):
        with turns.take("a", 0.05, 10.0):
            times.append(time.monotonic())
    assert all(after - before >= 0.05 for before, after in pairwise(times))


def test_a_pause_holds_everybody_off_and_a_shorter_one_does_not_end_it() -> None:
    turns = Turns()
    turns.pause("a", 60)
    turns.pause("a", 1)
    with pytest.raises(NotYetError) as caught, turns.take("a", 0.0, 30.0):
        pass
    assert 59 < caught.value.seconds <= 60
    with turns.take("b", 0.0, 30.0):
        pass


def test_a_turn_ends_with_an_error_as_well() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.take("a", 0.0, 1.0):
        raise ZeroDivisionError
    with turns.take("a", 0.0, 1.0):
        pass
