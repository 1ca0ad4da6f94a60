"""Starts a child process at the top level of the file, without asking whether it is the main one."""

import multiprocessing

METHOD = "spawn"
GUARDED = False


def work():
    print("the child works", flush=True)


def start_child():
    context = multiprocessing.get_context(METHOD)
    child = context.Process(target=work, name="child")
    child.start()
    child.join()
    print(f"the child ended with exit code {child.exitcode}", flush=True)


if GUARDED:
    if __name__ == "__main__":
        start_child()
else:
    start_child()
