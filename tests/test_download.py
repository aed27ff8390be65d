"""The dashboard's download of MNIST in the background."""

import time

from dashboard.download import Download


def wait(until):
    """Until a condition holds; the test fails where it never does."""
    deadline = time.monotonic() + 120
    while not until() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert until()


def over(download):
    return lambda: not download.running()


def test_a_failure_becomes_a_sentence(without_mnist):
    download = Download()
    download.start()
    wait(over(download))
    assert "could not be downloaded" in download.error


def test_it_can_be_stopped_and_started_again(monkeypatch):
    def endless(report):
        for received in range(10_000):
            report(received, 10_000)
            time.sleep(0.005)

    monkeypatch.setattr("training.datasets.mnist.download_mnist", endless)
    download = Download()
    for _ in range(2):
        download.start()
        download.start()  # a second visitor's click changes nothing
        wait(lambda: 0 < download.received < download.total == 10_000)
        assert download.running()
        download.stop()
        wait(over(download))
        assert "was stopped" in download.error


def test_success_leaves_no_error(monkeypatch):
    monkeypatch.setattr("training.datasets.mnist.download_mnist", lambda report: report(7, 7))
    download = Download()
    download.start()
    wait(over(download))
    assert (download.received, download.error) == (7, None)
