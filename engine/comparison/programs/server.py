"""A web server on the loopback interface that takes its time: python server.py MILLISECONDS

Prints its address, serves until its standard input ends.
"""

import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"<!doctype html><title>A page</title><p>" + b"some words " * 400


class SlowPages(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(int(sys.argv[1]) / 1000)
        self.send_response(200)
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def version_string(self):
        return "slow"

    def date_time_string(self, timestamp=None):
        return "today"  # so that every answer has the same length

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def main():
    server = Server(("127.0.0.1", 0), SlowPages)
    print(f"127.0.0.1:{server.server_port}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
