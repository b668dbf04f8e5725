"""How fast the line is: from confirm to the last receipt recorded and settled, with the real processes over loopback.

usage: python bench/line.py [--n 100000] [--in-flight-max 4000]     Prints a table per step and, as its last line, JSON.
While the large send runs, another account sends a transactional message five times a second; `otp_p99_ms` is how long those
take from before they are accepted until the simulator has them.
"""

import argparse
import json
import subprocess
import sys
import urllib.request

from processes import ROOT, service


def main() -> None:
    """Run the benchmark once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument(
        "--in-flight-max", type=int, default=4_000, help="the connector's bound of messages that a kill can leave uncertain"
    )
    options = parser.parse_args()
    n = options.n
    with service() as running:
        running.start_all()
        urllib.request.urlopen(f"http://127.0.0.1:{running.port}/", timeout=30).read()
        driver = [
            sys.executable,
            "bench/line_driver.py",
            str(n),
            str(running.simulator_port),
            str(running.simulator_log),
            str(options.in_flight_max),
        ]
        told = subprocess.run(
            driver, cwd=ROOT, env={**running.environment, "PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.PIPE, text=True
        )
        *table, last = told.stdout.strip().splitlines()
        peaks = {name: running.peak_mib(name) for name in ("web", "work", "gateway")}
    print("\n".join(table))
    for name, mib in peaks.items():
        print(f"{'peak memory of ' + name:<42}{mib:>9} MiB")
    print(json.dumps({"bench": "line", "n": n, **json.loads(last), "peak_mib": peaks}))


if __name__ == "__main__":
    main()
