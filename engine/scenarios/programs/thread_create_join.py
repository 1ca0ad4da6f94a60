"""The main thread starts a helper, does something itself, and waits for the helper."""

import threading
import time

HELPER_S = 1.0
MAIN_S = 0.3


def help_out(name, seconds):
    print(f"{name} begins")
    time.sleep(seconds)
    print(f"{name} ends")


def main():
    helper = threading.Thread(target=help_out, args=("helper", HELPER_S), name="helper")
    helper.start()
    print("the helper is started")
    time.sleep(MAIN_S)
    print("waiting for the helper")
    helper.join()
    print("the helper has ended")


if __name__ == "__main__":
    main()
