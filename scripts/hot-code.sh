#!/usr/bin/env bash
# Writes link/recorder.ld anew: which functions a recorder runs, for the linker to put them side by side.
# It runs the release build under valgrind for some minutes, so that what comes once a minute is seen too.
# Usage: scripts/hot-code.sh [SAMPLES]      (150 unless told)
# SYSRAY names the program, which has to have its symbols.
set -euo pipefail
cd "$(dirname "$0")/.."

samples=${1:-150}
sysray=$(realpath -m "${SYSRAY:-target/release/sysray}")
[ -x "$sysray" ] || { echo "there is no $sysray: cargo build --release first, or name one in SYSRAY" >&2; exit 1; }
command -v valgrind >/dev/null || { echo "valgrind is not installed" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Without line tables, which valgrind would read for longer than the program runs.
objcopy --strip-debug "$sysray" "$work/sysray"
nm --print-size "$work/sysray" >"$work/symbols"
# Which crate's object a function came from: its compile units say it, and which addresses are theirs.
readelf --wide --debug-dump=info --dwarf-depth=1 "$sysray" >"$work/units" 2>/dev/null
readelf --wide --debug-dump=Ranges "$sysray" >"$work/ranges" 2>/dev/null
valgrind --tool=callgrind --callgrind-out-file="$work/calls.%p" --demangle=no --compress-strings=no \
    "$work/sysray" record --budget none --count "$samples" --store "$work/store" 2>"$work/valgrind.log" ||
    { tail -n 20 "$work/valgrind.log" >&2; exit 1; }
python3 - "$samples" "$work" "$work"/calls.* >"$work/recorder.ld" <<'PYTHON'
import bisect
import collections
import re
import sys

# Functions of one name and many types bring those with them that never ran. So many bytes of them may come from
# anywhere, and so many from one crate; else the name is left out.
STRANGERS_BYTES, CRATE_STRANGERS_BYTES = 2000, 100_000


def pattern(symbol):
    """A name without what changes with each compiler and version."""
    symbol = re.sub(r"\.llvm\.[0-9]+$", ".llvm.*", re.sub(r"17h[0-9a-f]{16}E.*$", "17h*", symbol))
    return re.sub(r"Cs[0-9A-Za-z]+_", "Cs*_", symbol) if symbol.startswith("_R") else symbol


def crates(folder):
    """Of each piece of code where it begins, and where it ends and of which crate it is; both in their order."""
    ranges = collections.defaultdict(list)
    for line in open(f"{folder}/ranges"):
        if piece := re.match(r" +([0-9a-f]+) ([0-9a-f]{16}) ([0-9a-f]{16})", line):
            part_of, begin, end = (int(number, 16) for number in piece.groups())
            # What the linker left out begins at no address.
            if begin < end and begin > 0xffff:
                ranges[part_of].append((begin, end))
    found, crate, low = [], None, None
    for line in open(f"{folder}/units"):
        name, _, value = (part.strip() for part in line.partition(" : "))
        if "(DW_TAG_compile_unit)" in line:
            crate = low = None
        elif name.endswith("DW_AT_name") and "/@/" in value:
            crate = value.split("/@/")[1].split(".")[0]
        elif name.endswith("DW_AT_low_pc"):
            low = int(value.split()[-1], 16)
        elif name.endswith("DW_AT_high_pc") and crate:
            found.append((low, low + int(value.split()[-1], 16), crate))
        elif name.endswith("DW_AT_ranges") and crate:
            found += [(begin, end, crate) for begin, end in ranges[int(value.split()[-1], 16)]]
    found.sort()
    return [begin for begin, _, _ in found], found


samples, folder = int(sys.argv[1]), sys.argv[2]
calls, ran, called = collections.Counter(), set(), None
for line in (line for path in sys.argv[3:] for line in open(path)):
    kind, _, rest = line.partition("=")
    if kind in ("fn", "cfn"):
        called = rest.split("'")[0].strip()
        ran.add(called)
    elif kind == "calls":
        calls[called] += int(rest.split()[0])

begins, pieces = crates(folder)
everywhere, hot, number = collections.Counter(), collections.Counter(), collections.Counter()
in_crate, hot_in_crate = collections.Counter(), collections.Counter()
for words in (line.split() for line in open(f"{folder}/symbols")):
    if len(words) == 4 and words[2] in "tT":
        address, size, name = int(words[0], 16), int(words[1], 16), pattern(words[3])
        _, end, crate = pieces[max(bisect.bisect_right(begins, address) - 1, 0)]
        crate = crate if address < end else None
        everywhere[name] += size
        in_crate[name, crate] += size
        if words[3] in ran:
            hot[name] += size
            hot_in_crate[name, crate] += size
            number[name] += calls[words[3]]

anywhere = {name for name in hot if everywhere[name] - hot[name] <= STRANGERS_BYTES}
often = {name for name in hot if number[name] >= samples / 2}
groups = collections.defaultdict(set)
for (name, crate), size in hot_in_crate.items():
    if crate and name not in anywhere and in_crate[name, crate] - size <= CRATE_STRANGERS_BYTES:
        groups[f"*.{crate}.*.rcgu.o"].add(name)
print("/* What a recorder runs lies side by side: to touch one function maps 64 KiB around it, and between those")
print("   of the desk each would bring its own. A function that is missing here, or is no more, does no harm.")
print("   Made by scripts/hot-code.sh, which says how. */")
print("SECTIONS")
print("{")
print("  .text.recorder :")
print("  {")
parts = [("*", anywhere & often)]
parts += [(files, groups[files] & often) for files in sorted(groups)]
parts += [(files, groups[files] - often) for files in sorted(groups)]
parts += [("*", anywhere - often)]
for files, names in parts:
    if names:
        print(f"    {files}(")
        # What the compiler takes for cold (growing a vector, say) it keeps in sections of their own, and it runs all the same.
        for name in sorted(names):
            print(f"      .text.{name} .text.unlikely.{name}")
        print("    )")
print("  }")
print("}")
print("INSERT BEFORE .text;")
PYTHON
mv "$work/recorder.ld" link/recorder.ld
echo "link/recorder.ld names $(grep -c '^      ' link/recorder.ld) functions" >&2
