#!/usr/bin/env python3
"""How fast hangtime is, as a Markdown table of ratios with their targets.

    python3 benches/table.py            about ten minutes, on a machine that does nothing else
    python3 benches/table.py --quick    about two, and only a hint

Builds the program and the helpers of this folder as they are released, makes inputs from a seed in a temporary folder, and
runs whole commands side by side, taking turns, so that what else the machine does falls on all of them. Medians count; of the
engine alone under each policy value, the fastest of several.
Exit status: 0 every target is met, 1 one is missed, 2 something could not be measured.
"""

import argparse
import datetime
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ONE_LOG = ROOT / "sessions/3-hydration/ed-0417.ron"
SHAPES = ["mixed", "overlap", "drugs", "pushes", "pauses"]


class CannotMeasure(Exception):
    """A command failed that should have worked."""


# Running


class Ran:
    """A whole process: its seconds on the clock, and the most memory it held, in MB."""

    def __init__(self, seconds, megabytes):
        self.seconds, self.megabytes = seconds, megabytes


def run(command, stdin=os.devnull):
    """Runs a command once. What it prints goes nowhere; a failure is told with its own words."""
    words = [str(word) for word in command]
    with tempfile.TemporaryFile() as complaints:
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, str(stdin), os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, complaints.fileno(), 2),
        ]
        begun = time.perf_counter()
        child = os.posix_spawn(words[0], words, os.environ, file_actions=actions)
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - begun
        if status != 0:
            complaints.seek(0)
            said = complaints.read(400).decode(errors="replace").strip().splitlines()
            raise CannotMeasure(f"`{Path(words[0]).name} {' '.join(words[1:3])} ...`: {said[0] if said else status}")
    return Ran(seconds, usage.ru_maxrss / 1024)


def by_turns(times, *commands):
    """Runs each of several (command, standard input) by turns, so many times; the median seconds of each."""
    taken = [[] for _ in commands]
    for _ in range(times):
        for (command, stdin), seconds in zip(commands, taken):
            seconds.append(run(command, stdin).seconds)
    return [statistics.median(seconds) for seconds in taken]


def said(command):
    """What a command prints."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotMeasure(f"`{Path(command[0]).name}`: {done.stderr.strip()[:200]}")
    return done.stdout


def tell(words):
    print(words, file=sys.stderr, flush=True)


# Building and making inputs


def build(manifest, names):
    """Builds programs as they are released; their paths by name."""
    command = ["cargo", "build", "--release", "--manifest-path", str(manifest), "--bins", "--message-format", "json-render-diagnostics"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise CannotMeasure(f"{manifest} does not build")
    built = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    paths = {Path(m["executable"]).stem: m["executable"] for m in built if m.get("executable")}
    return [paths[name] for name in names]


def generate(program, folder, count, text):
    """A file of so many sessions of eight events."""
    path = folder / f"{count}.{text}"
    if not path.exists():
        with open(path, "wb") as out:
            subprocess.run([program, str(count), f"--{text}"], stdout=out, stderr=subprocess.DEVNULL, check=True)
    return path


# Measuring


class Bench:
    def __init__(self, folder, quick):
        self.folder, self.quick = folder, quick
        (self.hangtime,) = build(ROOT / "Cargo.toml", ["hangtime"])
        self.generate, self.parse, self.engine = build(HERE / "Cargo.toml", ["generate", "parse", "engine"])
        self.times = 3 if quick else 9
        self.most = 100_000 if quick else 1_000_000

    def sessions(self, count, text="ndjson"):
        return generate(self.generate, self.folder, count, text)

    def stream(self, jobs=None):
        return self.bill("--from", "ndjson", *([] if jobs is None else ["--jobs", jobs]))

    def bill(self, *words):
        return [self.hangtime, "bill", *words, "--format", "ndjson", "-"]

    # Each returns rows: what, the figure in words, the target in words, whether it is met.

    def reading(self):
        file = self.sessions(20_000 if self.quick else 200_000)
        billed, parsed = by_turns(self.times, (self.stream(jobs=1), file), ([self.parse, "ndjson", file], os.devnull))
        yield row("an NDJSON stream billed, beside merely parsing it, one core", billed / parsed, 2.5)
        file = self.sessions(10_000 if self.quick else 100_000, "ron")
        billed, parsed = by_turns(self.times, (self.bill("--jobs", 1), file), ([self.parse, "ron", file], os.devnull))
        yield row("a RON list billed, beside merely parsing it, one core", billed / parsed, 1.5)

    def rate(self):
        rate = float(said([self.engine, "rate", 2 if self.quick else 10]))
        yield ("sessions of 8 events a second, the engine alone, one core", f"{rate:,.0f}", ">= 400,000", rate >= 400_000)

    def cores(self):
        if len(os.sched_getaffinity(0)) < 2:
            raise CannotMeasure("there is one core")
        file = self.sessions(50_000 if self.quick else 500_000)
        one, two = by_turns(self.times, (self.stream(jobs=1), file), (self.stream(jobs=2), file))
        yield ("two cores, beside one", f"{one / two:.2f} x", ">= 1.8 x", one / two >= 1.8)

    def length(self):
        for shape in SHAPES:
            lines = said([self.engine, "length", 10_000, 100_000, 3 if self.quick else 7, shape]).splitlines()
            values = [line.split("\t") for line in lines]
            worst = max(values, key=lambda value: float(value[3]) / float(value[2]))
            yield row(f"100,000 events beside 10,000, {shape}, worst of {len(values)} policy values ({worst[1]})",
                      float(worst[3]) / float(worst[2]), 15)

    def whole_length(self):
        for shape in SHAPES:
            commands = []
            for events in [10_000, 100_000]:
                path = self.folder / f"{shape}-{events}.ndjson"
                with open(path, "wb") as out:
                    subprocess.run([self.generate, "1", "--ndjson", "--events", str(events), "--shape", shape],
                                   stdout=out, stderr=subprocess.DEVNULL, check=True)
                commands.append((self.stream(jobs=1), path))
            short, long = by_turns(3 if self.quick else 7, *commands)
            yield row(f"the same as whole commands, text to text, {shape}", long / short, 15)

    def memory(self):
        for text, command in [("ndjson", self.stream()), ("ron", self.bill())]:
            few, many = (run(command, self.sessions(count, text)).megabytes for count in [10_000, self.most])
            yield (f"peak memory, 10,000 and {self.most:,} sessions, {text}", f"{few:.0f} and {many:.0f} MB",
                   "<= 1.25 x, < 100 MB", many <= 1.25 * few and many < 100)

    def start(self):
        times = 100 if self.quick else 1000
        true = shutil.which("true") or "/bin/true"
        billed, nothing = by_turns(times, ([self.hangtime, "bill", ONE_LOG], os.devnull), ([true], os.devnull))
        yield row(f"one log billed, beside `true` ({nothing * 1000:.2f} ms), whole processes", billed / nothing, 4)

    def sizes(self):
        """Cost against the number of sessions."""
        count = 1
        while count <= self.most:
            file = self.sessions(count)
            ran = [run(self.stream(), file) for _ in range(3)]
            seconds = statistics.median(r.seconds for r in ran)
            yield (f"{count:,}", f"{seconds:.4f}", f"{count / seconds:,.0f}", f"{max(r.megabytes for r in ran):.0f}")
            count *= 10


def row(what, ratio, most):
    return (what, f"{ratio:.2f} x", f"<= {most} x", ratio <= most)


# Telling


def machine():
    model = "unknown processor"
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    rustc = said(["rustc", "--version"]).strip()
    return f"{model}, {len(os.sched_getaffinity(0))} cores; {rustc}; {datetime.date.today()}"


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for cells in rows:
        print("| " + " | ".join(cells) + " |", flush=True)
    print()


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--quick", action="store_true", help="smaller inputs, fewer turns: a hint, no result")
    words.add_argument("--folder", type=Path, help="where to put the inputs (1.5 GB); they are removed in the end")
    words.add_argument("--only", metavar="PART", action="append", choices=PARTS, help=f"one of {', '.join(PARTS)}; may be repeated")
    wish = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="hangtime-bench-", dir=wish.folder) as folder:
        bench = Bench(Path(folder), wish.quick)
        status, rows = 0, []
        for part in wish.only or [part for part in PARTS if part != "sizes"]:
            if part == "sizes":
                continue
            tell(f"measuring: {part}")
            try:
                for what, figure, target, met in getattr(bench, part)():
                    rows.append((what, figure, target, "pass" if met else "**fail**"))
                    status = max(status, 0 if met else 1)
            except CannotMeasure as problem:
                rows.append((part, f"not measured: {problem}", "", "**none**"))
                status = 2
        print(f"{machine()}{'; quick, so a hint only' if wish.quick else ''}\n")
        table(["measured", "figure", "target", ""], rows)
        if wish.only is None or "sizes" in wish.only:
            tell("measuring: sizes")
            try:
                table(["sessions", "seconds", "sessions a second", "MB"], bench.sizes())
            except CannotMeasure as problem:
                print(f"\nnot measured: {problem}")
                status = 2
    return status


PARTS = ["reading", "rate", "cores", "length", "whole_length", "memory", "start", "sizes"]

if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotMeasure as problem:
        tell(f"table.py: {problem}")
        sys.exit(2)
