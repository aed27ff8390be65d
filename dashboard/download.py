"""The download of MNIST in the background of the server: one for all visitors, followed and stopped from any page."""

import threading

from training.datasets import mnist
from training.datasets.dataset import DatasetError


class Download:
    """Fetches MNIST in a thread. received, total: bytes; error: a sentence, once it has failed."""

    def __init__(self):
        self.received, self.total = 0, 0
        self.error: str | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin, unless it is under way."""
        with self._lock:
            if not self.running():
                self.received, self.total, self.error = 0, 0, None
                self._stopping.clear()
                self._thread = threading.Thread(target=self._fetch, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Stop at the next bytes; nothing is kept of what had come."""
        self._stopping.set()

    def running(self) -> bool:
        """Whether it is under way."""
        return self._thread is not None and self._thread.is_alive()

    def _fetch(self) -> None:
        try:
            mnist.download_mnist(self._report)
        except DatasetError as error:
            self.error = str(error)

    def _report(self, received: int, total: int) -> None:
        if self._stopping.is_set():
            raise DatasetError(f"The download of MNIST was stopped. {mnist.HOW_TO_BRING}")
        self.received, self.total = received, total
