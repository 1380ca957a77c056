"""One measurement in a process of its own; prints its figures as JSON on the last line."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from copilot.settings import Settings
from tests.benchmarks.texts import pages, questions


def main(task: dict[str, Any]) -> dict[str, float]:
    """Run one task; `began` in it is when the process was started."""
    # Imported late: neither side pays for what only the other one needs.
    home, folder, models = Path(task["home"]), Path(task["folder"]), Path(task["models"])
    asked = questions(pages(task["characters"]), task["questions"])
    if task["side"] == "plain":
        from knowledge.adapters.packaged_model import unpacked_model
        from tests.benchmarks import plain

        model = unpacked_model(models)
        if task["step"] == "ingest":
            return plain.ingest(folder, home, model, task["began"])
        return plain.serve(home, model, task["began"], asked)
    settings = Settings(home=home, model_folder=models, embedding_engine=task["side"])
    if task["step"] == "flat":
        from tests.benchmarks import flat

        return flat.ingest([Path(folder) for folder in task["flat"]], settings)
    if task["step"] == "scale":
        from copilot.bootstrap import open_application
        from tests.benchmarks import scale

        with open_application(settings) as application:
            seconds = scale.fill(application, scale.material(application, pages(task["characters"])), task["chunks"])
            return {"chunks": task["chunks"], "fill_s": seconds} | scale.search(application, asked)
    from tests.benchmarks import ours

    if task["step"] == "ingest":
        return ours.ingest(folder, settings, task["began"])
    return ours.serve(folder, settings, task["began"], asked)


if __name__ == "__main__":
    began = time.time()
    print(json.dumps(main({"began": began} | json.loads(sys.argv[1]))))
