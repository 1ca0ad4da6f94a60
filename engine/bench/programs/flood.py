"""Eight threads write records as fast as they can: each takes a lock of its own, again and again."""

import sys
import threading

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 312_500


def work() -> None:
    own = threading.Lock()
    for _ in range(ROUNDS):
        with own:
            pass


threads = [threading.Thread(target=work, name=f"flood-{number}") for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
