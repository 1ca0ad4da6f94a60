"""Two threads run side by side and say who they are."""

import threading
import time

STEPS = 5
STEP_S = 0.1


def loop():
    name = threading.current_thread().name
    print(f"{name} begins")
    for step in range(1, STEPS + 1):
        print(f"{name}: step {step}")
        time.sleep(STEP_S)
    print(f"{name} ends")


def main():
    print(f"{threading.current_thread().name} begins")
    thread = threading.Thread(target=loop, name="LoopThread")
    thread.start()
    thread.join()
    print(f"{threading.current_thread().name} ends")


if __name__ == "__main__":
    main()
