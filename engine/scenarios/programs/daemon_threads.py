"""The main thread ends while another thread is still at work."""

import threading
import time

DAEMON = True
WORK_S = 0.6
MAIN_S = 0.2


def save():
    print("saving begins", flush=True)
    try:
        time.sleep(WORK_S)
        print("saved", flush=True)
    finally:
        print("file closed", flush=True)


def main():
    thread = threading.Thread(target=save, name="saver", daemon=DAEMON)
    thread.start()
    time.sleep(MAIN_S)
    print("main is done", flush=True)


if __name__ == "__main__":
    main()
