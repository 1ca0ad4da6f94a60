"""Runners wait for the starting gun."""

import threading
import time

RUNNERS = 4
READY_S = 0.5

gun = threading.Event()


def run():
    print(f"{threading.current_thread().name} waits")
    gun.wait()
    print(f"{threading.current_thread().name} runs")


def main():
    runners = [threading.Thread(target=run, name=f"runner {number}") for number in range(1, RUNNERS + 1)]
    for runner in runners:
        runner.start()
    time.sleep(READY_S)
    print("bang")
    gun.set()
    for runner in runners:
        runner.join()


if __name__ == "__main__":
    main()
