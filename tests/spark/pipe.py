"""The recipe of docs/spark.md against one process on one machine; run.sh sets the scene."""

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

from pyspark import SparkConf, SparkContext

ROOT = Path(__file__).resolve().parents[2]
HANGTIME = os.environ["HANGTIME"]
ONE = [HANGTIME, "bill", "--from", "ndjson", "--format", "ndjson", "-"]

recipe = re.search(r"```python\n(.*?)```", (ROOT / "docs/spark.md").read_text(), re.DOTALL).group(1)
exec(compile(recipe, "docs/spark.md", "exec"))  # keyed, by_patient, bill


# Sessions


def session(name, patient, date, *events):
    fields = {"id": name, "setting": "Hospital", "date": date, "patient": patient, "events": list(events)}
    return json.dumps({key: value for key, value in fields.items() if value is not None})


def infuse(start, stop, drug):
    return {"Infuse": {"from": start, "to": stop, "drug": drug}}


def inject(at, drug):
    return {"Inject": {"at": at, "drug": drug, "route": "IM"}}


def patients(count):
    """Lists of lines, a list a patient: most come once, some twice a day, some twice with an injection, some another day."""
    for n in range(count):
        patient, day = f"p-{n}", f"2026-03-{n % 28 + 1:02}"
        first = session(f"{n}-a", patient, day, infuse("09:05", f"10:{n % 60:02}", "ceftriaxone"), infuse("10:59", "12:40", "NS"))
        again = session(f"{n}-b", patient, day, infuse("18:00", "18:31", "cefepime"))
        shot = session(f"{n}-c", patient, day, inject("18:30", "ketorolac"))
        later = session(f"{n}-d", patient, "2026-04-02", infuse("09:00", "09:16", "vancomycin"))
        yield [[first], [first, again], [first, shot], [first, later]][n % 4]


BAD = [
    "this is no JSON",
    '{"id": "cut off", "setting": "Hospital", "date": "2026-03-02", "eve',
    '{"id": "no events", "setting": "Hospital", "date": "2026-03-02"}',
    '{"id": "unknown field", "setting": "Hospital", "date": "2026-03-02", "wrong": 1, "events": []}',
    "[]",
    "7",
    '"\\u0007 \\u202e"',
    session("bad time", "p-bad", "2026-03-02", infuse("25:00", "26:00", "ceftriaxone")),
    session("stops before", None, "2026-03-02", infuse("09:00", "08:00", "ceftriaxone")),
]


# Results


def one_machine(lines):
    done = subprocess.run(ONE, input="".join(line + "\n" for line in lines), capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()


def told(result):
    """A result without that which counts lines from the start of its own stream."""
    bill = json.loads(result)
    if bill["setting"] is None:
        bill["session"] = None
    for finding in bill["findings"]:
        finding["line"] = None
    return json.dumps(bill, sort_keys=True)


def agree(what, spark, single):
    spark, single = sorted(map(told, spark)), sorted(map(told, single))
    if spark != single:
        odd = [line for line in spark if line not in single] + [line for line in single if line not in spark]
        sys.exit(f"FAILED: {what}: {len(spark)} results under Spark, {len(single)} on one machine; the first that differ:\n"
                 + "\n".join(odd[:4]))
    print(f"ok: {what}: {len(spark)} results")


def must(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")
    print(f"ok: {what}")


def modifiers(results):
    return {modifier for result in results for line in json.loads(result)["lines"] for modifier in line["modifiers"]}


# The test


def main():
    settings = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.log.level": "FATAL",
                "spark.ui.showConsoleProgress": "false"}
    sc = SparkContext(conf=SparkConf().setMaster("local[2]").setAppName("hangtime").setAll(settings.items()))

    together = [line for lines in patients(200) for line in lines]
    single = one_machine(together + BAD)
    must(len(single) == len(together) + len(BAD), "one result a line")
    must({"XE", "59"} <= modifiers(single), "the sessions of a day mark each other (M2, M3)")
    must(sum(json.loads(result)["status"] == "error" for result in single) == len(BAD), "each bad line is one error")

    # Patients scattered: their lines far apart, each patient's in order, bad lines and blank ones anywhere.
    dice = random.Random(96365)
    waiting = list(patients(200)) + [[bad] for bad in BAD] + [[""], ["  "]]
    scattered = []
    while waiting:
        lines = dice.choice(waiting)
        scattered.append(lines.pop(0))
        waiting = [lines for lines in waiting if lines]

    for partitions in [1, 3, 8]:
        sessions = by_patient(sc.parallelize(scattered, 5), partitions).cache()
        bills = bill(sessions, HANGTIME)
        must(bills.getNumPartitions() == partitions, f"{partitions} partitions")
        agree(f"{partitions} partitions", bills.collect(), single)
        beside = sessions.zip(bills).collect()
        named = [(json.loads(line)["id"], json.loads(result)["session"]) for line, result in beside if line not in BAD]
        must(len(beside) == len(single) and all(id == session for id, session in named), "each result stands beside its line")

    few = [line for lines in patients(2) for line in lines]
    agree("partitions without a line", bill(by_patient(sc.parallelize(few, 1), 8), HANGTIME).collect(), one_machine(few))

    # What the page warns of is so: else this test would show nothing.
    some = [line for lines in patients(4) for line in lines]
    torn = bill(sc.parallelize(some, len(some)), HANGTIME).collect()
    must(sorted(map(told, torn)) != sorted(map(told, one_machine(some))), "a patient who is torn apart is billed otherwise")

    try:
        bill(sc.parallelize(few, 2), "/nowhere/hangtime").collect()
    except Exception:  # Spark's own, by way of Java
        print("ok: a program that fails fails the job")
    else:
        sys.exit("FAILED: a program that does not exist passed for one that had nothing to say")
    sc.stop()


main()
