#!/usr/bin/env python3
"""Asks Ballista the questions of bench-query over a store's tree in a bucket, and compares its answers with those
of `sysray query` over the same bucket. For scripts/ballista.sh.

    fleet.py SYSRAY ADDRESS CLIENT SCHEDULER     a Markdown table on stdout; fails where two answers differ
"""

import json
import pathlib
import re
import sys
import tempfile

import query

# Of a file that is read in parts, with row groups from the last to the first, Ballista 55.0 loses some: `order by ts desc limit`
# then answers with rows that are not the last.
SETTINGS = ["set datafusion.optimizer.enable_sort_pushdown = false"]


def tables(sysray, address, words):
    """Each table as a view of what is stored, the host, and what is derived of it."""
    made = []
    there = query.run([sysray, "query", "--store", address, "--format", "csv", "select distinct table_name from meta.segments"])
    for table in sorted(set(there.split()[1:]) & words):
        declared = json.loads(query.run([sysray, "schema", table, "--format", "json"]))
        tier = table.endswith(("_1m", "_1h"))
        stored = [column["column"] for column in declared if column["expr"] is None]
        stored = [name for name in stored if name != "host"] + ["host"]
        times = {column["column"] for column in declared if column["type"] == "Timestamp"}
        derived = [
            f"{query.computed(column['expr'], times, '{}::bigint')} as {column['column']}"
            for column in declared
            if column["expr"]
        ]
        made.append(
            f"create external table stored_{table} stored as parquet partitioned by (host, {'month' if tier else 'date'}) "
            f"location '{address}/{table}/'"
        )
        made.append(f"create view {table} as select {', '.join(stored + derived)} from stored_{table}")
    return ";\n".join(SETTINGS + made) + ";\n"


def main(sysray, address, client, scheduler):
    work = pathlib.Path(tempfile.mkdtemp())
    texts = {path.stem: path.read_text() for path in sorted(query.QUESTIONS.glob("*.sql"))}
    words = set(re.findall(r"[a-z_0-9]+", " ".join(texts.values())))
    setup = work / "setup.sql"
    setup.write_text(tables(sysray, address, words))
    busiest = "select pid from process where not is_kernel group by pid order by sum(cpu_us) desc, pid limit 1"
    pid = query.run([sysray, "query", "--store", address, "--format", "csv", busiest]).split()[1]
    files = []
    for name, text in texts.items():
        files.append(work / f"{name}.sql")
        # DataFusion by itself reads no time without seconds.
        text = re.sub(r"'(\d{4}-\d\d-\d\d \d\d:\d\d)'", r"'\1:00'", text)
        # And divides whole numbers by whole numbers.
        text = text.replace(" / ", "::double / ")
        files[-1].write_text(text.replace("{pid}", pid))
    print(f"asking Ballista {len(files)} questions", file=sys.stderr)
    took = dict(line.split() for line in query.run([client, scheduler, str(setup), *map(str, files)]).splitlines())
    print("| question | rows | ours, ms | Ballista, ms |")
    print("|---|---:|---:|---:|")
    for file in files:
        mine = work / "ours.csv"
        seconds, _ = query.ours(sysray, address, str(file), str(mine))
        rows = query.compare(file.stem, str(mine), str(file.with_suffix(".csv")))
        title = texts[file.stem].splitlines()[0].removeprefix("-- ")
        print(f"| {title} | {rows} | {seconds * 1000:.0f} | {took[str(file)]} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
