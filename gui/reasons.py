"""Why a scenario's check came out as it did, in the language of the window.

``engine.scenarios.outcome`` has the same reasons in English; the details that scenarios fill in are
English and are left out in other languages.  GUI thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.scenarios.outcome import Outcome

translate = QCoreApplication.translate


def reason_text(outcome: Outcome, *, with_detail: bool = False) -> str:
    """One sentence, with the detail behind it if wanted; empty for a reason that has none here."""
    text = _sentence(outcome.reason)
    if text and with_detail and outcome.detail:
        text += f" {outcome.detail[:1].upper()}{outcome.detail[1:]}."
    return text


def _sentence(reason: str) -> str:
    match reason:
        case "shown":
            return translate("Reason", "The run shows it.")
        case "other":
            return translate("Reason", "The run shows something else.")
        case "disturbed":
            return translate("Reason", "Other work on this machine got in the way. Run it again.")
        case "chance":
            return translate("Reason", "What this program shows depends on chance. Run it again.")
        case "unobserved":
            return translate("Reason", "Too much of the run could not be observed. Run it again.")
        case "one_core":
            return translate(
                "Reason", "The program can use one core only, so nothing can run at the same time."
            )
        case "no_gil_view":
            return translate("Reason", "Who holds the GIL could not be seen here.")
        case "no_os_view":
            return translate(
                "Reason", "What the operating system does with each thread could not be seen here."
            )
        case "parameters":
            return translate("Reason", "With these parameters there is nothing to see.")
        case "no_check":
            return translate("Reason", "This scenario has no check.")
        case "version":
            return translate("Reason", "The interpreter does not have it.")
        case "platform":
            return translate("Reason", "This operating system does not have it.")
        case "free_threaded":
            return translate("Reason", "This interpreter runs without a GIL.")
        case "truncated":
            return translate("Reason", "The recording is cut off.")
        case "ended_early":
            return translate("Reason", "The program ended before the end.")
        case _:
            return ""
