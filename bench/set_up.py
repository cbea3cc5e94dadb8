"""Times a fresh clone from nothing to its first result: `git clone`, then `script/mirylo measure` on the example."""

import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Print the seconds to the first table."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "mirylo"
        started = time.perf_counter()
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        subprocess.run(
            ["script/mirylo", "measure", "docs/examples/centre.csv", "--mapping", "docs/examples/centre.toml"],
            cwd=clone,
            check=True,
            capture_output=True,
        )
        print(f"fresh clone to first result  {time.perf_counter() - started:6.1f} s")


if __name__ == "__main__":
    main()
