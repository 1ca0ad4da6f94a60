"""Clerks work on accounts: one lock for all accounts, or a lock for each."""

import threading
import time

LOCKS = "one for all"
CLERKS = 4
WORK_S = 0.03
ROUNDS = 4

common_lock = threading.Lock()
locks = [threading.Lock() for _ in range(CLERKS)]
accounts = [0] * CLERKS


def clerk(number):
    lock = common_lock if LOCKS == "one for all" else locks[number]
    for _ in range(ROUNDS):
        with lock:
            balance = accounts[number]
            time.sleep(WORK_S)
            accounts[number] = balance + 1


def main():
    clerks = [threading.Thread(target=clerk, args=(n,), name=f"clerk {n + 1}") for n in range(CLERKS)]
    for each in clerks:
        each.start()
    for each in clerks:
        each.join()
    print(f"accounts: {accounts}", flush=True)


if __name__ == "__main__":
    main()
