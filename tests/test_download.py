"""The dashboard's download of MNIST in the background."""

import time

from dashboard.download import Download


def wait(download):
    deadline = time.monotonic() + 20
    while download.running() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not download.running()


def test_a_failure_becomes_a_sentence(without_mnist):
    download = Download()
    download.start()
    wait(download)
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
        time.sleep(0.1)
        assert download.running()
        assert 0 < download.received < download.total == 10_000
        download.stop()
        wait(download)
        assert "was stopped" in download.error


def test_success_leaves_no_error(monkeypatch):
    monkeypatch.setattr("training.datasets.mnist.download_mnist", lambda report: report(7, 7))
    download = Download()
    download.start()
    wait(download)
    assert (download.received, download.error) == (7, None)
