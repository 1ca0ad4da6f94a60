"""Does pieces of one kind of work in one way, and prints how long it took.

python work.py WORKLOAD WAY PIECES WORKERS SIZE [ADDRESS]
WORKLOAD: cpu, io or network; WAY: sequential, threads, thread_pool, processes, process_pool, coroutines.
"""

import asyncio
import json
import multiprocessing
import queue
import socket
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

REQUEST = b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"


def compute(rounds):
    total = 0
    for number in range(rounds):
        total += number & 3
    return total


def wait(milliseconds):
    time.sleep(milliseconds / 1000)
    return milliseconds


def fetch(address):
    host, port = address.split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(REQUEST)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return len(answer)


async def wait_async(milliseconds):
    await asyncio.sleep(milliseconds / 1000)
    return milliseconds


async def fetch_async(address):
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(REQUEST)
    answer = await reader.read()
    writer.close()
    return len(answer)


async def compute_async(rounds):
    return compute(rounds)


WORK = {"cpu": compute, "io": wait, "network": fetch}
WORK_ASYNC = {"cpu": compute_async, "io": wait_async, "network": fetch_async}


def piece(workload, task):
    """One piece of work: when it began, and its result."""
    return time.perf_counter_ns(), WORK[workload](task)


async def piece_async(workload, task):
    return time.perf_counter_ns(), await WORK_ASYNC[workload](task)


def put_piece(results, workload, task):
    results.put(piece(workload, task))


def sequential(workload, task, pieces, workers):
    return [piece(workload, task) for _ in range(pieces)]


def one_each(make, results, workload, task, pieces):
    started = [make(target=put_piece, args=(results, workload, task)) for _ in range(pieces)]
    for each in started:
        each.start()
    done = [results.get() for _ in started]
    for each in started:
        each.join()
    return done


def threads(workload, task, pieces, workers):
    return one_each(threading.Thread, queue.SimpleQueue(), workload, task, pieces)


def processes(workload, task, pieces, workers):
    return one_each(multiprocessing.Process, multiprocessing.Queue(), workload, task, pieces)


def in_pool(pool, workload, task, pieces):
    with pool:
        return list(pool.map(piece, [workload] * pieces, [task] * pieces))


def thread_pool(workload, task, pieces, workers):
    return in_pool(ThreadPoolExecutor(workers), workload, task, pieces)


def process_pool(workload, task, pieces, workers):
    return in_pool(ProcessPoolExecutor(workers), workload, task, pieces)


def coroutines(workload, task, pieces, workers):
    async def all_of_them():
        return await asyncio.gather(*(piece_async(workload, task) for _ in range(pieces)))

    return asyncio.run(all_of_them())


WAYS = {
    "sequential": sequential,
    "threads": threads,
    "thread_pool": thread_pool,
    "processes": processes,
    "process_pool": process_pool,
    "coroutines": coroutines,
}


def cpu_ns():
    """Processor time of this process and of its children that have ended; None where it is not told."""
    try:
        import resource
    except ImportError:
        return None
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return int(sum(each.ru_utime + each.ru_stime for each in used) * 1e9)


def main():
    workload, way, pieces, workers, size, *address = sys.argv[1:]
    task = address[0] if workload == "network" else int(size)
    cpu_before, begin = cpu_ns(), time.perf_counter_ns()
    done = WAYS[way](workload, task, int(pieces), int(workers))
    end, cpu_after = time.perf_counter_ns(), cpu_ns()
    report = {
        "wall_ns": end - begin,
        "startup_ns": min(first for first, _ in done) - begin,
        "cpu_ns": None if cpu_before is None else cpu_after - cpu_before,
        "results": [result for _, result in done],
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
