"""Parent and child each change a variable, and look at it afterwards."""

import multiprocessing

METHOD = "spawn"

value = "as the module sets it"


def change():
    global value
    print(f"child starts with: {value}", flush=True)
    value = "as the child sets it"
    print(f"child ends with: {value}", flush=True)


def main():
    global value
    value = "as the parent sets it"
    context = multiprocessing.get_context(METHOD)
    child = context.Process(target=change, name="child")
    child.start()
    child.join()
    print(f"parent ends with: {value}")


if __name__ == "__main__":
    main()
