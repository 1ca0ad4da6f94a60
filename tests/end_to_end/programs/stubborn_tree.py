"""Children that leave the process group, ignore SIGTERM, and lose their parents; then waits for ever."""

import os
import signal
import subprocess
import sys
import time

#: Sleeps for ever, deaf to polite requests.
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(3600)
"""

plain = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE)
own_session = subprocess.Popen([sys.executable, "-c", DEAF], start_new_session=True, stdout=subprocess.PIPE)
for child in (plain, own_session):
    assert child.stdout is not None
    child.stdout.readline()

reader, writer = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:  # an orphan in a session of its own
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.write(writer, b"x")
        while True:
            time.sleep(3600)
    os._exit(0)
os.read(reader, 1)
os.wait()
print("ready", flush=True)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    time.sleep(3600)
