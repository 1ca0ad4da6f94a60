"""Asks a slow server several times: one question after the other, then each in a thread."""

import asyncio
import socket
import threading
import time
from multiprocessing import Process, Queue

QUESTIONS = 4
ANSWER_S = 0.4


async def answer(reader, writer):
    await reader.readline()
    await asyncio.sleep(ANSWER_S)
    writer.write(b"answer\n")
    await writer.drain()
    writer.close()


async def serve(ports):
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    ports.put(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def run_server(ports):
    asyncio.run(serve(ports))


def ask(port):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"question\n")
        connection.recv(100)


def main():
    ports = Queue()
    server = Process(target=run_server, args=(ports,), name="server")
    server.start()
    port = ports.get()

    start = time.perf_counter()
    for _ in range(QUESTIONS):
        ask(port)
    print(f"one after the other: {time.perf_counter() - start:.2f} s")

    start = time.perf_counter()
    threads = [threading.Thread(target=ask, args=(port,)) for _ in range(QUESTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"in {QUESTIONS} threads: {time.perf_counter() - start:.2f} s")

    server.terminate()
    server.join()


if __name__ == "__main__":
    main()
