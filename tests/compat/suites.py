"""The test suites of others that are run with and without ``record``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Suite:
    """A library's own tests, run by pytest from its source distribution.

    ``library``: its name in the package index.  ``packages``: what its tests need besides pytest.
    ``tests``: where they are in the unpacked source distribution, or ``--pyargs`` names.
    ``options``: for pytest, ahead of ``tests``.  Its own ``addopts`` (coverage, parallel runs) are
    left out, everything else of its configuration holds.
    """

    library: str
    packages: tuple[str, ...]
    tests: tuple[str, ...]
    options: tuple[str, ...] = ()


SUITES: tuple[Suite, ...] = (
    Suite(
        "janus",
        ("pytest-asyncio",),
        ("tests/test_async.py", "tests/test_sync.py", "tests/test_mixed.py"),
    ),
    Suite(
        "trio",
        ("trustme", "pyOpenSSL", "async_generator", "astor", "coverage"),
        ("--pyargs", "trio"),
        (
            "-p", "trio._tests.pytest_plugin", "--run-slow", "-W", "ignore",
            # tools that read the sources, minutes of them; nothing runs there
            "--ignore-glob=*/test_exports.py", "--ignore-glob=*/_tests/tools/*",
        ),
    ),
    Suite(
        "anyio",
        ("trio", "hypothesis", "psutil", "pytest-mock", "trustme", "exceptiongroup", "blockbuster", "uvloop"),
        ("tests",),
        # these compile or import whole environments, and look at the library's own sources
        ("-p", "anyio", "-W", "ignore", "--ignore=tests/test_all_attributes.py"),
    ),
    Suite("cachetools", (), ("tests",)),
    Suite(
        "portalocker",
        ("pytest-rerunfailures", "redis", "fakeredis", "typing_extensions"),
        ("portalocker_tests",),
        ("-W", "ignore"),
    ),
    Suite("watchdog", ("flaky", "PyYAML"), ("tests",)),
    Suite(
        "aiohttp",
        (
            "pytest-mock", "re-assert", "trustme", "freezegun", "blockbuster", "proxy.py", "pytest-aiohttp",
            "brotli", "isal", "zlib_ng", "coverage", "pytest-cov", "pytest-xdist",
        ),
        (
            "tests/test_client_functional.py", "tests/test_client_session.py", "tests/test_connector.py",
            "tests/test_web_functional.py", "tests/test_web_protocol.py",
            "tests/test_web_websocket_functional.py",
            "tests/test_streams.py", "tests/test_resolver.py", "tests/test_run_app.py", "tests/test_loop.py",
            "tests/test_web_sendfile_functional.py", "tests/test_web_runner.py",
        ),
        ("-m", "not dev_mode and not autobahn and not internal", "-W", "ignore"),
    ),
)  # fmt: skip

#: Modules of CPython's own test package, run where the interpreter ships it.
STANDARD_LIBRARY: tuple[str, ...] = (
    "test_thread",
    "test_threading",
    "test_threading_local",
    "test_threadedtempfile",
    "test_threadsignals",
    "test_queue",
    "test_sched",
    "test_thread_local_bytecode",
    "test_importlib.test_locks",
    "test_concurrent_futures",
    "test_asyncio",
    "test_contextlib_async",
    "test_multiprocessing_fork",
    "test_multiprocessing_spawn",
    "test_multiprocessing_forkserver",
    "test_multiprocessing_main_handling",
    "test_subprocess",
    "test_socketserver",
    "test_selectors",
    "test_signal",
    "test_weakref",
    "test_gc",
    "test_atexit",
    "test_faulthandler",
    "test_logging",
    "test_runpy",
    "test_cmd_line_script",
)
