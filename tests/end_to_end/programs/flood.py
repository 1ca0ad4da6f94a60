"""Eight threads take locks of their own as fast as they can: two records a round."""

import sys
import threading

ROUNDS = int(sys.argv[1])


def work() -> None:
    own_lock = threading.Lock()
    for _ in range(ROUNDS):
        with own_lock:
            pass


threads = [threading.Thread(target=work, name=f"flood-{number}") for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
