"""Takes a lock a number of times in two threads, then ends in the way it is told."""

import ctypes
import os
import signal
import sys
import threading

ROUNDS = 1000
counter_lock = threading.Lock()
done = threading.Barrier(3)
never = threading.Event()


def work() -> None:
    for _ in range(ROUNDS):
        with counter_lock:
            pass
    done.wait()
    never.wait()


for number in range(2):
    threading.Thread(target=work, name=f"worker-{number}", daemon=True).start()
done.wait()
print("all taken", flush=True)
way = sys.argv[1]
if way == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
elif way == "terminate":
    os.kill(os.getpid(), signal.SIGTERM)
elif way == "_exit":
    os._exit(3)
elif way == "segfault":
    ctypes.string_at(0)
elif way == "abort":
    os.abort()
elif way == "exit":
    sys.exit(5)
elif way == "raise":
    raise ValueError("on purpose")
elif way == "loop":
    while True:
        pass
elif way == "ignore":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print("deaf", flush=True)
    while True:
        pass
