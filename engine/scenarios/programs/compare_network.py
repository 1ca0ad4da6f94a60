"""Pages from a slow web server, fetched in six ways."""

import asyncio
import socket
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Process, Queue

PIECES = 6
WORKERS = 4
DELAY_S = 0.1

REQUEST = b"GET / HTTP/1.0\r\n\r\n"


class SlowPages(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(DELAY_S)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"some words " * 100)

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 64  # all may come at once


def serve(ports):
    server = Server(("127.0.0.1", 0), SlowPages)
    ports.put(server.server_port)
    server.serve_forever()


def piece(port):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(REQUEST)
        while connection.recv(4096):
            pass


async def piece_async(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(REQUEST)
    await reader.read()
    writer.close()


def one_after_the_other(task):
    for _ in range(PIECES):
        piece(task)


def start_and_join(workers):
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def threads(task):
    start_and_join([threading.Thread(target=piece, args=(task,)) for _ in range(PIECES)])


def thread_pool(task):
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(piece, [task] * PIECES))


def processes(task):
    start_and_join([Process(target=piece, args=(task,)) for _ in range(PIECES)])


def process_pool(task):
    with ProcessPoolExecutor(WORKERS) as pool:
        list(pool.map(piece, [task] * PIECES))


def coroutines(task):
    async def all_of_them():
        await asyncio.gather(*(piece_async(task) for _ in range(PIECES)))

    asyncio.run(all_of_them())


WAYS = (one_after_the_other, threads, thread_pool, processes, process_pool, coroutines)


def compare(task):
    for way in WAYS:
        start = time.perf_counter()
        way(task)
        print(f"{way.__name__}: {time.perf_counter() - start:.3f} s", flush=True)


def main():
    ports = Queue()
    server = Process(target=serve, args=(ports,), name="web server")
    server.start()
    compare(ports.get())
    server.terminate()
    server.join()


if __name__ == "__main__":
    main()
