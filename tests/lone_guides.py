"""Short guides for definitions that a test has changed: the check asks for one for each state, and for no other."""

from pathlib import Path

import yaml


def guides_fit(folder: Path, workflow: str = "legal_aid") -> None:
    """Writes the guide file of a workflow anew, for the states of all its versions."""
    files = [folder / f"{workflow}.yaml", *(folder / "versions").glob(f"{workflow}.v*.yaml")]
    states = {state for file in files for state in yaml.safe_load(file.read_text("utf-8"))["states"]}
    guides = {state: {"now": "照办。", "ask": ["办了吗？", "还差什么？"]} for state in sorted(states)}
    text = yaml.safe_dump({"guide": workflow, "states": guides}, allow_unicode=True)
    (folder / "guides" / f"{workflow}.yaml").write_text(text, "utf-8")
