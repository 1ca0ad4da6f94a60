"""Two threads work until they are asked to stop: a function with an Event, and a Thread subclass."""

import threading
import time

PERIOD_S = 0.2
RUN_S = 0.9


def work(stop):
    while not stop.is_set():
        print("function: working")
        time.sleep(PERIOD_S)
    print("function: asked to stop")


class Worker(threading.Thread):
    def __init__(self):
        super().__init__(name="subclass")
        self.stop_event = threading.Event()

    def stop(self):
        self.stop_event.set()

    def run(self):
        while not self.stop_event.wait(PERIOD_S):
            print("subclass: working")
        print("subclass: asked to stop")


def main():
    stop = threading.Event()
    function = threading.Thread(target=work, args=(stop,), name="function")
    subclass = Worker()
    function.start()
    subclass.start()
    time.sleep(RUN_S)
    print("asking both to stop")
    stop.set()
    subclass.stop()
    function.join()
    subclass.join()
    print("both have ended")


if __name__ == "__main__":
    main()
