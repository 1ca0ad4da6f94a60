"""The program forks while another of its threads has a lock."""

import multiprocessing
import threading
import time

METHOD = "fork"
HOLD_S = 0.5
PATIENCE_S = 1.2

lock = threading.Lock()
taken = threading.Event()


def hold():
    with lock:
        taken.set()
        time.sleep(HOLD_S)


def child_work():
    with lock:
        print("the child has the lock", flush=True)


def main():
    holder = threading.Thread(target=hold, name="holder")
    holder.start()
    taken.wait()
    child = multiprocessing.get_context(METHOD).Process(target=child_work, name="child")
    child.start()
    holder.join()
    print("the parent's thread has given the lock back", flush=True)
    child.join(PATIENCE_S)
    print(f"child still waiting: {child.is_alive()}", flush=True)
    child.kill()
    child.join()


if __name__ == "__main__":
    main()
