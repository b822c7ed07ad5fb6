"""Puts api/, workflows/ and document_templates/ inside the package `mediation` when a wheel is built.

In a checkout they stand beside it, where a lawyer finds them; an installed program must take one name only. An editable
install (`pip install -e .`) uses the checkout as it is, so nothing is mapped (copies would go stale).
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BESIDE = ("api", "workflows", "document_templates")


class MoveInside(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"].update({str(Path(self.root, name)): f"mediation/{name}" for name in BESIDE})
