"""``python -m benchmarks``: everything side by side in one run, as ratios with their targets."""

import argparse
import os
import platform

from benchmarks.city import seeded_city
from benchmarks.service import compare_routes, time_rounds


def main() -> None:
    """Run the benchmarks and print a Markdown table; figures only, no verdict stops the run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--blocks", type=int, default=5, help="pairs of two-second blocks a route")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of 250 × 60, each in a fresh city")
    given = parser.parse_args()
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} processors\n")
    print("| what | ours | beside it | ratio (least – most) | target | met |")
    print("|---|---|---|---|---|---|")
    for _ in range(given.rounds):
        with seeded_city() as city:
            print(*time_rounds(city, times=1), sep="\n", flush=True)
    with seeded_city() as city:
        print(*compare_routes(city, blocks=given.blocks), sep="\n", flush=True)


if __name__ == "__main__":
    main()
