"""`make chaos`: kills workers, restarts PostgreSQL, cuts connections, and counts what was lost or done twice."""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.chaos.run import Chaos, everything


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=112)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, Chaos(Path(folder), arguments.seed) as chaos:
        everything(chaos, arguments.kills)
        lost, doubled = chaos.settle()
        print(f"{chaos.jobs} jobs, {chaos.outside.requests} requests outside")
        print(f"{chaos.faults} faults injected, {lost} lost, {doubled} doubled")
    sys.exit(bool(lost or doubled))


if __name__ == "__main__":
    main()
