"""Names for people in exports, told apart where several things have the same one."""

from __future__ import annotations

from collections import Counter

from engine.agent.layout import Wait
from engine.model import ObjectInfo
from engine.store import Store

#: number of a reason to wait → its word, for example ``queue_get``
REASONS: dict[int, str] = {
    value: name.lower() for name, value in vars(Wait).items() if not name.startswith("_")
}


def object_label(info: ObjectInfo) -> str:
    """The name of an object, or what it is where it has none."""
    return info.name or info.sort


def object_labels(store: Store) -> dict[int, str]:
    """id → label; of several with one name, the second has `` #2`` behind it, and so on."""
    counts: Counter[str] = Counter()
    labels = {}
    for object_id, info in store.objects.items():
        name = object_label(info)
        counts[name] += 1
        labels[object_id] = name if counts[name] == 1 else f"{name} #{counts[name]}"
    return labels
