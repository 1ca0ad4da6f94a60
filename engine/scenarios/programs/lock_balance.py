"""Threads pay into one account and draw from it again, under a lock."""

import threading

THREADS = 2
ROUNDS = 100_000

balance = 0
lock = threading.Lock()


def change_balance(amount):
    global balance
    balance = balance + amount
    balance = balance - amount


def customer(amount):
    for _ in range(ROUNDS):
        lock.acquire()
        try:
            change_balance(amount)
        finally:
            lock.release()


def main():
    threads = [
        threading.Thread(target=customer, args=(number * 5,), name=f"customer {number}")
        for number in range(1, THREADS + 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"balance: {balance}")


if __name__ == "__main__":
    main()
