"""An import contract: a package may import the standard library, itself, and what is named.

import-linter's own contracts forbid what is listed; the agent and the observer need the
opposite, because whatever is not in the standard library is missing where they run.
"""

from __future__ import annotations

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AllowedImports(Contract):
    """Options: ``source_package``, ``allowed_modules`` (modules of ours that may be imported),
    ``relative_only`` (imports of itself must be written relatively: the agent is loaded under
    another name in the observed program)."""

    type_name = "allowed"

    source_package = fields.StringField()
    allowed_modules = fields.ListField(subfield=fields.StringField(), required=False, default=[])
    relative_only = fields.BooleanField(required=False, default=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        package = str(self.source_package)
        inside = {package, *graph.find_descendants(package)}
        allowed = inside | set(map(str, self.allowed_modules))  # type: ignore[call-overload]
        breaches: list[str] = []
        for importer in sorted(inside):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                if imported.split(".")[0] in sys.stdlib_module_names:
                    continue
                for detail in graph.get_import_details(importer=importer, imported=imported):
                    line = detail["line_contents"].strip()
                    absolute = imported in inside and not line.startswith("from .")
                    if imported not in allowed or (self.relative_only and absolute):
                        breaches.append(f"{importer}:{detail['line_number']}: {line}")
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for breach in check.metadata["breaches"]:
            output.print_error(breach)
