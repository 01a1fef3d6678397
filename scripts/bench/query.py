#!/usr/bin/env python3
"""Asks `sysray query` and DuckDB the same questions over the same files, in turns, and compares the answers.

    query.py measure SYSRAY STORE LIVE RUNS ASKER…   the tables on stdout; fails where two answers differ
    query.py ask VIEWS SQL OUT RUNS THREADS     DuckDB in a process of its own: times as JSON on stdout
"""

import csv
import datetime
import json
import math
import os
import pathlib
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time

QUESTIONS = pathlib.Path(__file__).with_name("questions")
# Ours uses as many threads as that, too.
THREADS = min(os.cpu_count() or 1, 4)
ENVIRONMENT = {**os.environ, "TZ": "UTC", "SYSRAY_CONFIG": "/dev/null"}


def ask(views, sql, out, runs, threads):
    """One question, first in a process that knows nothing yet, then again over the same connection."""
    import duckdb

    text = pathlib.Path(sql).read_text()
    named = lambda statement: re.search(rf"\b{statement.split()[2]}\b", text)
    statements = [line for line in pathlib.Path(views).read_text().split(";\n") if line.strip() and named(line)]
    copy = f"copy ({text}) to '{out}' (format csv, header)"
    began = time.perf_counter()
    connection = duckdb.connect()
    connection.execute(f"set timezone = 'UTC'; set threads = {threads}")
    for statement in statements:
        connection.execute(statement)
    connection.execute(copy)
    took = [time.perf_counter() - began]
    # Before it keeps more than one answer takes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(int(runs)):
        began = time.perf_counter()
        connection.execute(copy)
        took.append(time.perf_counter() - began)
    json.dump({"seconds": took, "kib": peak, "version": duckdb.__version__}, sys.stdout)


def views(sysray, store, tables):
    """The tables as our views show them: what is stored, the host, and what is derived of it."""
    made = []
    for table in sorted(tables):
        declared = json.loads(run([sysray, "schema", table, "--format", "json"]))
        stored = [column["column"] for column in declared if column["expr"] is None]
        stored = [name for name in stored if name != "host"] + ["host"]
        times = {column["column"] for column in declared if column["type"] == "Timestamp"}
        derived = [f"{computed(column['expr'], times)} as {column['column']}" for column in declared if column["expr"]]
        made.append(
            f"create view {table} as select {', '.join(stored + derived)} from read_parquet("
            f"'{store}/{table}/**/*.parquet', hive_partitioning = true, "
            "hive_types = {'host': varchar, 'date': date})"
        )
    return ";\n".join(made) + ";\n"


def computed(expr, times, micros="epoch_us({})"):
    """An expression of the declarations, in double precision; what is divided by zero is unknown."""
    number = lambda name: f"{micros.format(name[0])}::double" if name[0] in times else f"{name[0]}::double"
    expr = re.sub(r"\b[a-z_][a-z_0-9]*\b", number, expr)
    return re.sub(r"/ (\([^()]*\)|[a-z0-9_:.]+)", r"/ nullif(\1, 0)", expr)


def run(words):
    done = subprocess.run(words, capture_output=True, text=True, env=ENVIRONMENT)
    if done.returncode != 0:
        sys.exit(f"bench-query: {' '.join(words)}: {done.stderr}")
    return done.stdout


def ours(sysray, store, sql, out):
    """The whole process: seconds, and KiB at its peak."""
    with open(out, "w") as answer, tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        words = [sysray, "query", "--store", store, "--format", "csv", "-f", sql]
        process = subprocess.Popen(words, stdout=answer, stderr=said, env=ENVIRONMENT)
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            sys.exit(f"bench-query: {sql}: {said.read().decode()}")
    return took, used.ru_maxrss


def theirs(sql, out, made, runs):
    words = [sys.executable, __file__, "ask", made, sql, out, str(runs), str(THREADS)]
    began = time.perf_counter()
    told = json.loads(run(words))
    told["process"] = time.perf_counter() - began
    return told


def stays(asker, store, sql, runs):
    """Ours in a process that stays: milliseconds of the first answer, and of the same once more."""
    first, again = run([*asker, store, str(runs), sql]).split()[-2:]
    return float(first), float(again)


def value(text):
    """What a cell means, however it is written."""
    if text in ("", "NULL"):
        return None
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        pass
    try:
        at = datetime.datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=datetime.timezone.utc)
        return at.astimezone(datetime.timezone.utc)
    except ValueError:
        return text


def same(one, other):
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


def compare(question, mine, other):
    with open(mine, newline="") as a, open(other, newline="") as b:
        ours, theirs = list(csv.reader(a))[1:], list(csv.reader(b))[1:]
    if len(ours) != len(theirs):
        sys.exit(f"bench-query: {question}: {len(ours)} rows are ours, {len(theirs)} are DuckDB's")
    for line, (a, b) in enumerate(zip(ours, theirs), start=1):
        if len(a) != len(b) or not all(same(value(x), value(y)) for x, y in zip(a, b)):
            sys.exit(f"bench-query: {question}: row {line} differs\n  ours:   {a}\n  DuckDB: {b}")
    return len(ours)


def measure(sysray, store, live, runs, *asker):
    runs = int(runs)
    work = pathlib.Path(tempfile.mkdtemp())
    texts = {path.stem: path.read_text() for path in sorted(QUESTIONS.glob("*.sql"))}
    words = set(re.findall(r"[a-z_0-9]+", " ".join(texts.values())))
    tables = {path.name for path in pathlib.Path(store).iterdir() if (path / "host=bench").is_dir()} & words
    made = work / "views.sql"
    made.write_text(views(sysray, store, tables))
    csv_of = lambda sql: run([sysray, "query", "--store", store, "--format", "csv", sql]).splitlines()[1]
    pid = csv_of("select pid from process where not is_kernel group by pid order by sum(cpu_us) desc, pid limit 1")

    lines, ratios, again = [], [], []
    for name, text in texts.items():
        sql = work / f"{name}.sql"
        sql.write_text(text.replace("{pid}", pid))
        mine, other = str(work / "ours.csv"), str(work / "theirs.csv")
        # Files are in the page cache, and programs too.
        ours(sysray, store, str(sql), mine)
        theirs(str(sql), other, str(made), 0)
        rows = compare(name, mine, other)
        us, them, staying = [], [], []
        for _ in range(runs):
            us.append(ours(sysray, store, str(sql), mine))
            them.append(theirs(str(sql), other, str(made), 3))
            staying.append(stays(asker, store, str(sql), 3))
        median = lambda values: statistics.median(list(values))
        took = median(seconds for seconds, _ in us) * 1000
        first = median(told["seconds"][0] for told in them) * 1000
        warm = median(statistics.median(told["seconds"][1:]) for told in them) * 1000
        memory = max(kib for _, kib in us) / 1024, max(told["kib"] for told in them) / 1024
        ours_again = median(again for _, again in staying)
        ratios.append(took / first)
        again.append(ours_again / warm)
        lines.append(
            f"| {text.splitlines()[0].removeprefix('-- ')} | {rows} | {took:.0f} | {first:.0f} | {took / first:.2f} "
            f"| {ours_again:.0f} | {warm:.0f} | {ours_again / warm:.2f} | {memory[0]:.0f} | {memory[1]:.0f} |"
        )
        print(
            f"{name}: ours {took:.1f} ms, DuckDB {first:.1f} ms, again {ours_again:.1f} and {warm:.1f} ms",
            file=sys.stderr,
        )
        version = them[0]["version"]
    started = {}
    question = work / "start.sql"
    question.write_text("select max(cpu) from system")
    places = {"what is sealed": store, "that and what is in the journal": live}
    for words, place in places.items():
        if place:
            taken = [ours(sysray, place, str(question), str(work / "out.csv")) for _ in range(2 * runs + 1)]
            started[words] = (statistics.median(t for t, _ in taken) * 1000, max(k for _, k in taken) / 1024)

    told = run([sysray, "query", "--store", store, "--format", "csv",
                "select count(*), count(distinct tick), min(ts), max(ts) from process"]).splitlines()[1].split(",")
    files = list(pathlib.Path(store).glob("process/**/*.parquet"))
    bytes_ = sum(file.stat().st_size for file in files)
    model = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    print(
        f"{datetime.date.today()}, {platform.system()} {platform.release()}, {os.cpu_count()} CPUs "
        f"({model[1] if model else platform.machine()}), {THREADS} threads each, DuckDB {version}. "
        f"Load average behind it: {' '.join(f'{n:.2f}' for n in os.getloadavg())}.\n"
        f"{int(told[0]):,} rows of processes in {int(told[1]):,} ticks, {len(files)} "
        f"{'file' if len(files) == 1 else 'files'} of {bytes_ / 1048576:.1f} MiB; median of {runs}, files in the page cache.\n"
    )
    print(
        "| question | rows | ours, ms | DuckDB, ms | ratio | ours asked again, ms | DuckDB asked again, ms | ratio "
        "| ours, MiB | DuckDB, MiB |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    print("\n".join(lines))
    slower = sum(ratio > 1 for ratio in ratios)
    print(
        f"\nOurs took longer than DuckDB in {slower} of {len(ratios)}; "
        f"the geometric mean of the ratios is {statistics.geometric_mean(ratios):.2f}. Asked again in a process that "
        f"stays, in {sum(ratio > 1 for ratio in again)} and {statistics.geometric_mean(again):.2f}."
    )
    for words, (took, memory) in started.items():
        print(f"`select max(cpu) from system` over {words}: {took:.0f} ms as a whole process, {memory:.0f} MiB.")


if __name__ == "__main__":
    {"ask": ask, "measure": measure}[sys.argv[1]](*sys.argv[2:])
