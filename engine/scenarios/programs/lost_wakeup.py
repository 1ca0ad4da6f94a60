"""One thread announces the news; another one comes to listen, perhaps too late."""

import threading
import time

KIND = "condition"
LATE_S = 0.2

condition = threading.Condition()
event = threading.Event()
published = False


def announce():
    global published
    if KIND == "event":
        event.set()
    else:
        with condition:
            published = True
            condition.notify_all()
    print("announced")


def listen():
    time.sleep(LATE_S)
    if KIND == "event":
        event.wait()
    elif KIND == "condition with flag":
        with condition:
            while not published:
                condition.wait()
    else:
        with condition:
            condition.wait()
    print("heard")


def main():
    listener = threading.Thread(target=listen, name="listener")
    speaker = threading.Thread(target=announce, name="speaker")
    listener.start()
    speaker.start()
    speaker.join()
    listener.join()
    print("done")


if __name__ == "__main__":
    main()
