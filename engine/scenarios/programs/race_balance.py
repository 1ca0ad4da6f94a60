"""Two customers pay into one account and draw from it again, without a lock."""

import sys
import threading

STEP = "plain"
ROUNDS = 100_000
SWITCH_S = 0.0001

balance = 0


def same(value):
    return value


def change_plain(amount):
    global balance
    balance = balance + amount
    balance = balance - amount


def change_with_int(amount):
    global balance
    balance = int(balance) + amount
    balance = int(balance) - amount


def change_with_function(amount):
    global balance
    balance = same(balance) + amount
    balance = same(balance) - amount


STEPS = {"plain": change_plain, "int": change_with_int, "function": change_with_function}


def customer(amount):
    change = STEPS[STEP]
    for _ in range(ROUNDS):
        change(amount)


def main():
    sys.setswitchinterval(SWITCH_S)
    threads = [
        threading.Thread(target=customer, args=(5,), name="customer 1"),
        threading.Thread(target=customer, args=(8,), name="customer 2"),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"balance: {balance}", flush=True)
    assert balance == 0, "money appeared or disappeared"


if __name__ == "__main__":
    main()
