"""Two guides through the catalogue: sentences from tutorials put to the test, and which way to choose."""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.scenarios.catalogue import get

FOLDER: Final = Path(__file__).resolve().parents[2] / "resources" / "guides"


class Truth(enum.Enum):
    TRUE = "true"
    FALSE = "false"
    DEPENDS = "depends"


@dataclass(frozen=True)
class Claim:
    """A sentence, what is to be said of it, and the scenarios whose runs show it."""

    id: str
    truth: Truth
    proofs: tuple[str, ...]


CLAIMS: Final = (
    Claim("images_suit_threads", Truth.DEPENDS, ("threads_images", "gil_released", "threads_cpu_bound")),
    Claim("threads_no_io", Truth.FALSE, ("threads_io_bound", "threads_network")),
    Claim(
        "processes_faster", Truth.FALSE, ("process_vs_thread_start", "communication_cost", "process_executor")
    ),
    Claim("coroutines_faster", Truth.DEPENDS, ("compare_network", "coroutine_blocking")),
    Claim("gil_no_locks", Truth.FALSE, ("lock_wrong_one", "singleton_init")),
    Claim("cpu_threads_slower", Truth.FALSE, ("threads_cpu_bound",)),
    Claim("threads_all_cores", Truth.DEPENDS, ("gil_one_at_a_time", "gil_released")),
    Claim("processes_no_races", Truth.FALSE, ("process_shared_memory",)),
    Claim("processes_no_memory", Truth.DEPENDS, ("process_copies", "process_shared_memory")),
    Claim("network_busy", Truth.FALSE, ("threads_network", "threads_io_bound")),
    Claim("failure_kills", Truth.DEPENDS, ("thread_end_exception", "thread_crash_kills_process")),
    Claim("sys_exit_ends", Truth.DEPENDS, ("process_end_sys_exit",)),
    Claim("finer_control", Truth.FALSE, ("gil_priority_none", "thread_end_flag")),
)


#: Which work → the scenario that shows why the way it is told to take is the right one; in this order.
CHOICES: Final[Mapping[str, str]] = {
    "large_native": "gil_released",
    "computes": "compare_cpu",
    "many_small": "process_executor",
    "thousands": "coroutines_io",
    "dozens": "compare_network",
    "loop_blocked": "coroutine_to_thread",
    "must_answer": "responsiveness",
    "may_crash": "process_isolation",
}


def texts(language: str) -> dict[str, Any]:
    """What is said in ``language`` ("en", "zh_CN"): ``claims`` (text, why) and ``choose`` (when, take) by
    id, and the words around them."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def claims_page(language: str) -> str:
    """The claims as Markdown."""
    told = texts(language)
    lines = [f"# {told['claims_title']}", "", told["claims_intro"], ""]
    for claim in CLAIMS:
        words = told["claims"][claim.id]
        lines += [
            f"## {words['text']}",
            "",
            f"**{told[f'verdict_{claim.truth.value}']}**  {words['why']}",
            "",
        ]
        lines += [f"{told['see']}: {_links(claim.proofs, language)}", ""]
    return "\n".join(lines)


def choose_page(language: str) -> str:
    """The guide as Markdown."""
    told = texts(language)
    lines = [f"# {told['choose_title']}", "", told["choose_intro"], ""]
    for number, (work, scenario) in enumerate(CHOICES.items(), start=1):
        words = told["choose"][work]
        lines.append(f"{number}. {words['when']}: **{words['take']}**. {_links([scenario], language)}")
    return "\n".join(lines) + "\n"


def _links(scenarios: Iterable[str], language: str) -> str:
    return ", ".join(f"{get(each).texts(language).title} (`{each}`)" for each in scenarios)
