"""Fetches pages from a slow web server: in one thread, then in several."""

import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Process, Queue
from queue import Empty, SimpleQueue

THREADS = 4
PAGES = 8
DELAY_S = 0.15


class SlowPages(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(DELAY_S)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"this is page {self.path}".encode())

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 64  # all may come at once


def serve(addresses):
    server = Server(("127.0.0.1", 0), SlowPages)
    addresses.put(f"http://127.0.0.1:{server.server_port}")
    server.serve_forever()


def fetch_all(pages):
    while True:
        try:
            url = pages.get_nowait()
        except Empty:
            return
        with urllib.request.urlopen(url) as answer:
            answer.read()


def crawl(address, threads_wanted):
    pages = SimpleQueue()
    for number in range(1, PAGES + 1):
        pages.put(f"{address}/{number}")
    threads = [threading.Thread(target=fetch_all, args=(pages,)) for _ in range(threads_wanted)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"threads: {threads_wanted}, seconds: {time.perf_counter() - start:.2f}")


def main():
    addresses = Queue()
    server = Process(target=serve, args=(addresses,), name="web server")
    server.start()
    address = addresses.get()
    crawl(address, 1)
    crawl(address, THREADS)
    server.terminate()
    server.join()


if __name__ == "__main__":
    main()
