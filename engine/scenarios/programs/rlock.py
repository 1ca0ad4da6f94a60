"""One function takes a lock and calls another one that takes it again."""

import threading

KIND = "Lock"

lock = threading.RLock() if KIND == "RLock" else threading.Lock()


def withdraw():
    with lock:
        print("money withdrawn")


def transfer():
    with lock:
        print("transfer begins")
        withdraw()
        print("transfer ends")


def main():
    thread = threading.Thread(target=transfer, name="transfer")
    thread.start()
    thread.join()
    print("done")


if __name__ == "__main__":
    main()
