"""How fast numbers are looked up: from before they are accepted to settled, with the real `work` process and the simulator as the provider.

usage: python bench/lookup.py [--n 10000] [--answer-ms 5] [--in-flight-max 200]     The last line is JSON.
"""

import argparse
import json
import subprocess
import sys

from processes import ROOT, service


def main() -> None:
    """Run the benchmark once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--answer-ms", type=int, default=5, help="how long the simulator takes for an answer")
    parser.add_argument("--in-flight-max", type=int, default=200, help="questions in flight at most")
    options = parser.parse_args()
    with service() as running:
        running.start("work")
        driver = [sys.executable, "bench/lookup_driver.py", str(options.n), str(options.answer_ms), str(options.in_flight_max)]
        told = subprocess.run(
            driver, cwd=ROOT, env={**running.environment, "PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.PIPE, text=True
        )
        *table, last = told.stdout.strip().splitlines()
        peak = running.peak_mib("work")
    print("\n".join(table))
    print(f"peak memory of work: {peak} MiB")
    print(json.dumps({"bench": "lookup", **json.loads(last)}))


if __name__ == "__main__":
    main()
