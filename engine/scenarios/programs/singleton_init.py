"""Several threads ask for the settings; whoever comes first is to build them, once."""

import threading
import time

LOCKING = "none"
THREADS = 2
BUILD_S = 0.1

lock = threading.Lock()
built = []
settings = None


class Settings:
    def __init__(self):
        time.sleep(BUILD_S)
        built.append(self)


def get_settings():
    global settings
    if LOCKING == "none":
        if settings is None:
            settings = Settings()
    elif LOCKING == "check-then-lock":
        if settings is None:
            with lock:
                settings = Settings()
    else:
        if settings is None:
            with lock:
                if settings is None:
                    settings = Settings()
    return settings


def main():
    threads = [threading.Thread(target=get_settings, name=f"user {n}") for n in range(1, THREADS + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"settings built: {len(built)}", flush=True)
    assert len(built) == 1, "there should be only one"


if __name__ == "__main__":
    main()
