"""Two transfers between the same two accounts, in opposite directions."""

import threading
import time

PAUSE_S = 0.1
SAME_ORDER = False

savings = threading.Lock()
checking = threading.Lock()


def transfer_to_checking():
    with savings:
        print("savings are mine, now checking")
        time.sleep(PAUSE_S)
        with checking:
            print("moved money from savings to checking")


def transfer_to_savings():
    first, second = (savings, checking) if SAME_ORDER else (checking, savings)
    with first:
        print("one lock is mine, now the other")
        time.sleep(PAUSE_S)
        with second:
            print("moved money from checking to savings")


def main():
    threads = [threading.Thread(target=transfer_to_checking), threading.Thread(target=transfer_to_savings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("both transfers are done")


if __name__ == "__main__":
    main()
