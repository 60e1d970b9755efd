"""The rows in which contestants solve the same invented instances, one after another."""

from benchmarks.comparing import (
    by_instance,
    excess_share,
    median,
    seconds_to_gap,
    times_faster,
    worst_gap,
)
from benchmarks.instances import Recipe, city, country
from benchmarks.regions import Region
from benchmarks.runs import Run
from benchmarks.table.rows import (
    Options,
    Row,
    contest,
    faultless,
    in_seconds,
    of,
    proven_of,
    rivals_in_words,
)

RATIOS = (0.8, 1.0, 1.3)
MIP_RIVALS = ("highs", "cp-sat", "scip")


def equal_efforts(options: Options) -> list[Row]:
    """Measure equal efforts, 1000 × 120: a proof in milliseconds."""
    ratios = RATIOS if options.full else (1.0,)
    recipes = [
        city(seed, requests=1000, caseworkers=120, ratio=ratio, equal=True)
        for seed in options.seeds
        for ratio in ratios
    ]
    names = ("ours", "flow", "hungarian", "glop", "cp-sat")
    return [_equal_row(contest(recipes, names, seconds=options.limit(20.0), options=options))]


def _equal_row(runs: list[Run]) -> Row:
    ours = of(runs, "ours")
    wanted = {"cp-sat": 250, "hungarian": 6, "glop": 15}
    faster = {name: median(_faster(runs, name)) for name in (*wanted, "flow")}
    seconds = median(one.cost.seconds for one in ours)
    checks = {"all proven": all(one.proven for one in ours), "≤ 40 ms": seconds <= 0.040}
    return Row(
        name="equal",
        what=f"equal efforts, 1000 × 120 ({len(ours)} instances)",
        target="proven, ≤ 40 ms with building; ≥ 250 × CP-SAT, ≥ 6 × Hungarian, ≥ 15 × GLOP",
        ours=f"{proven_of(ours)}, median {in_seconds(seconds)}",
        rivals=rivals_in_words(runs),
        ratio=", ".join(f"{times:.0f} × {name}" for name, times in faster.items()),
        checks=faultless(runs)
        | checks
        | {f"≥ {times} × {name}": faster[name] >= times for name, times in wanted.items()},
        figures={"medianSeconds": seconds, "timesFaster": faster},
        runs=runs,
    )


def _faster(runs: list[Run], rival: str) -> list[float]:
    """Return how many times as long a rival needed, instance by instance."""
    return [times_faster(one["ours"], one[rival]) for one in by_instance(runs).values() if rival in one]


def small_cities(options: Options) -> list[Row]:
    """Measure general efforts, 200 requests: everything proven within seconds."""
    return [_small(options, caseworkers) for caseworkers in (60, 120)]


def _small(options: Options, caseworkers: int) -> Row:
    recipes = [
        city(seed, requests=200, caseworkers=caseworkers, ratio=ratio)
        for seed in options.seeds
        for ratio in RATIOS
    ]
    names = ("ours", "highs", "cp-sat", *(("scip", "local-search") if options.full else ()))
    return _small_row(contest(recipes, names, seconds=options.limit(15.0), options=options), caseworkers)


def _small_row(runs: list[Run], caseworkers: int) -> Row:
    ours = of(runs, "ours")
    seconds = [one.cost.seconds for one in ours]
    close = [seconds_to_gap(one, 0.001) for one in ours]
    faster = _faster(runs, "highs")
    slow = [t for t, one in zip(faster, of(runs, "highs"), strict=True) if one.cost.seconds > 5.0]
    where_slow = f"least {min(slow):.1f} where it needs more than 5 s" if slow else "which never needs 5 s"
    return Row(
        name="small",
        what=f"200 × {caseworkers} ({len(ours)} instances)",
        target="all proven; median ≤ 2 s, worst ≤ 5 s; 0.1 % gap within 1 s; never slower than HiGHS, "
        "≥ 3 × where it needs more than 5 s",
        ours=f"{proven_of(ours)}, median {in_seconds(median(seconds))}, worst {in_seconds(max(seconds))}; "
        f"0.1 % by {in_seconds(median(close))} (worst {in_seconds(max(close))})",
        rivals=rivals_in_words(runs),
        ratio=f"{median(faster):.1f} × HiGHS (least {min(faster):.1f}; {where_slow})",
        checks=faultless(runs)
        | {
            "all proven": all(one.proven for one in ours),
            "median ≤ 2 s": median(seconds) <= 2.0,
            "worst ≤ 5 s": max(seconds) <= 5.0,
            "0.1 % gap within 1 s": max(close) <= 1.0,
            "never slower than HiGHS": min(faster) >= 1.0,
            "≥ 3 × where HiGHS is slow": all(times >= 3.0 for times in slow),
        },
        figures={"seconds": seconds, "secondsToGap": close, "timesFasterThanHighs": faster},
        runs=runs,
    )


def large_city(options: Options) -> list[Row]:
    """Measure general efforts, 1000 × 120: a small gap in 10 s, and in full counts the proof in 60 s."""
    ratios = RATIOS if options.full else (1.0, 1.3)
    recipes = [
        city(seed, requests=1000, caseworkers=120, ratio=ratio) for seed in options.seeds for ratio in ratios
    ]
    runs = contest(recipes, ("ours", *MIP_RIVALS), seconds=options.limit(10.0), options=options)
    rows = [_within_ten_seconds(runs)]
    if options.full:
        longer = contest(recipes, ("ours",), seconds=options.limit(60.0), options=options)
        seconds = [one.cost.seconds for one in longer]
        rows.append(
            Row(
                name="city",
                what=f"1000 × 120, proof ({len(recipes)} instances)",
                target="proven in 60 s",
                ours=f"{proven_of(longer)}, median {in_seconds(median(seconds))}; "
                f"largest gap {max(_gaps(longer)):.3%}",
                checks=faultless(longer) | {"all proven": all(one.proven for one in longer)},
                figures={"seconds": seconds, "gaps": _gaps(longer)},
                runs=longer,
            )
        )
    return rows


def _gaps(runs: list[Run]) -> list[float]:
    return [worst_gap(one.costs, one.bounds) for one in runs]


def _within_ten_seconds(runs: list[Run]) -> Row:
    ours = of(runs, "ours")
    gaps = _gaps(ours)
    shares = []
    for one in by_instance(runs).values():
        share = excess_share(one["ours"], [one[name] for name in MIP_RIVALS])
        if one["ours"].about["ratio"] >= 1.0 and share is not None:
            shares.append(share)
    return Row(
        name="city",
        what=f"1000 × 120 ({len(ours)} instances)",
        target="gap ≤ 0.02 % in 10 s; excess ≤ 1/10 of the best of HiGHS, CP-SAT, SCIP at 1.0 and 1.3",
        ours=f"gap {median(gaps):.4%} (largest {max(gaps):.4%}), {proven_of(ours)}",
        rivals="; ".join(f"{name} gap {median(_gaps(of(runs, name))):.1%}" for name in MIP_RIVALS),
        ratio=f"excess {max(shares, default=0.0):.3f} of the best rival's, at worst",
        checks=faultless(runs)
        | {"gap ≤ 0.02 %": max(gaps) <= 0.0002, "excess ≤ 1/10": max(shares, default=0.0) <= 0.1},
        figures={"gaps": gaps, "excessShares": shares},
        runs=runs,
    )


def huge(options: Options) -> list[Row]:
    """Measure 100,000 × 10,000 in closed and in linked regions; a tenth of that in small counts."""
    regions, seconds = (100, 60.0) if options.full else (10, 20.0)
    rows = []
    for linked in (0.0, 0.05):
        region = Region(requests=1000, caseworkers=100, ratio=1.0, linked_share=linked)
        recipes = [
            country(seed, regions=regions, region=region) for seed in options.seeds[: 3 if options.full else 1]
        ]
        runs = contest(recipes, ("ours",), seconds=options.limit(seconds), options=options)
        rows.append(_huge_row(runs, f"{'linked' if linked else 'closed'} regions, {regions}k × {regions // 10}k"))
    return rows


def _huge_row(runs: list[Run], what: str) -> Row:
    gaps, seconds = _gaps(runs), [one.cost.seconds for one in runs]
    memory = [one.cost.peak_megabytes for one in runs]
    limit = runs[0].limit
    return Row(
        name="huge",
        what=f"{what} ({len(runs)} instances)",
        target=f"plan and bound in {limit:.0f} s, 1.5 GB, gap ≤ 5 % (stretch 2 %)",
        ours=f"gap {max(gaps):.2%}, {in_seconds(max(seconds))}, {max(memory):.0f} MB",
        checks=faultless(runs)
        | {"gap ≤ 5 %": max(gaps) <= 0.05, "in time": max(seconds) <= limit + 1, "≤ 1.5 GB": max(memory) <= 1500},
        figures={"gaps": gaps, "seconds": seconds, "megabytes": memory},
        runs=runs,
    )


SIZES = ((1, 60), (10, 60), (60, 60), (250, 60), (1_000, 120), (10_000, 1_000), (100_000, 10_000))


def sizes(options: Options) -> list[Row]:
    """Measure time and memory at every size; the two largest only in full counts."""
    return [_size_row(options, *size) for size in SIZES if options.full or size[0] <= 1_000]


def _size_row(options: Options, requests: int, caseworkers: int) -> Row:
    recipe = _of_size(options.seeds[0], requests, caseworkers)
    limit = options.limit(60.0 if requests > 1_000 else 10.0)
    runs = contest([recipe], ("ours",), seconds=limit, options=options)
    (one,) = runs
    return Row(
        name="sizes",
        what=f"{requests:,} × {caseworkers:,}",
        target=f"a plan in {limit:.0f} s",
        ours=f"{in_seconds(one.cost.seconds)}, {one.cost.peak_megabytes:.0f} MB, "
        f"gap {worst_gap(one.costs, one.bounds):.3%}",
        checks=faultless(runs) | {"in time": one.cost.seconds <= limit + 1},
        figures={"seconds": one.cost.seconds, "megabytes": one.cost.peak_megabytes},
        runs=runs,
    )


def _of_size(seed: int, requests: int, caseworkers: int) -> Recipe:
    if requests <= 1_000:
        ratio = 1.0 if requests >= caseworkers else requests / caseworkers
        return city(seed, requests=requests, caseworkers=caseworkers, ratio=ratio)
    region = Region(requests=1000, caseworkers=100, ratio=1.0)
    return country(seed, regions=requests // 1000, region=region)
