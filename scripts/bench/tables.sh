# shellcheck shell=bash disable=SC2034,SC2154 # the parts share their names
# The figures as Markdown.

tables() {
    local load file
    for file in results floors rows victims; do touch "$work/$file"; done
    printf '%s, %s, %s CPUs (%s), %s, %s. Load average behind it: %s.\n' \
        "$(date +%F)" "$(uname -sr)" "$(nproc)" \
        "$(awk -F': ' '/^model name/ {print $2; exit}' /proc/cpuinfo)" \
        "$(awk '/^MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)" \
        "$(findmnt -no FSTYPE -T "$work")" "$(cut -d' ' -f1-3 /proc/loadavg)"
    if [ -n "$cpu_cgroup" ]; then
        echo "CPU and memory are those of a cgroup that holds the recorder and all it starts."
    else
        echo "No cgroups: CPU is that of the children that were waited for."
    fi
    cut -f 1 "$work/results" | awk '!seen[$0]++' | while IFS= read -r load; do costs "$load"; done
    victims
    started
}

costs() { # LOAD
    printf '\n**Load: %s**\n\n' "$1"
    printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' \
        recorder samples "CPU ms a sample" "median second" "start, ms" "RSS, MiB" "largest child" charged \
        "anonymous + kernel" "bytes kept a sample" "bytes written"
    echo '|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|'
    awk -F'\t' -v load="$1" "$arithmetic"'
        $1 == load {
            print "| " $2 " | " $3 " | " round(cpu(), 2) " | " round($9, 2) " | " round($7, 0) " | " mib($10) " | " mib($11) \
                " | " mib($12) " | " mib($13) " | " each($14) " | " each($15) " |"
        }' "$work/results"
    echo
    awk -F'\t' -v load="$1" "$arithmetic"'
        FILENAME ~ /floors$/ { if ($1 == load) { n++; for (i = 2; i <= 7; i++) sum[i] += $i } next }
        FILENAME ~ /rows$/ { if ($1 == load) { rows[$2] = $3; sealed[$2] = $4; process[$2] = $5; journal[$2] = $6 } next }
        $1 == load { took[$2] = cpu(); samples[$2] = $3 }
        END {
            if (n) {
                floor = (sum[3] + sum[4] + sum[5]) / n / 1000
                printf "The host was %.0f %% busy. ", sum[7] / n
                printf "The kernel took %.2f ms for one look at %d processes: %.2f to list them, %.2f for a `schedstat` each kept open, %.2f for the files of the host; ", \
                    floor, sum[2] / n, sum[3] / n / 1000, sum[4] / n / 1000, sum[5] / n / 1000
                printf "stat, io, schedstat and status of each opened anew take %.2f.\n", sum[6] / n / 1000
                if (floor > 0 && "ours" in took) printf "Ours took %.2f times that floor", took["ours"] / floor
                if (floor > 0 && took["atop"] > 0 && "ours" in took) printf ", and %.2f of what atop took", took["ours"] / took["atop"]
                if ("ours" in took) print "."
            }
            for (name in rows) {
                printf "Of %s: ", name
                if (rows[name] != "-")
                    printf "%d processes a sample, %d journal bytes a sample, ", rows[name] / samples[name], journal[name] / samples[name]
                printf "%d sealed bytes a sample", sealed[name] / samples[name]
                if (rows[name] > 0) printf ", %.2f sealed bytes a process row", process[name] / rows[name]
                print "."
            }
        }' "$work/floors" "$work/rows" "$work/results"
}

# shellcheck disable=SC2016 # awk's names
# Behind the start, by the second: at one sample a second that is by the sample.
arithmetic='
    function cpu() { return $7 == "-" ? ($6 == "-" ? "-" : $6 / $3) : ($6 - $7) / ($5 - $8) }
    function round(x, digits) { return x == "-" ? "" : sprintf("%." digits "f", x) }
    function mib(kib) { return kib == "-" ? "" : sprintf("%.1f", kib / 1024) }
    function each(bytes) { return bytes == "-" ? "" : sprintf("%.0f", bytes / $3) }'

victims() {
    [ -s "$work/victims" ] || return 0
    printf '\n**Somebody else on the host, in µs, watched for %s s**\n\n' "$victim_s"
    echo '| load | beside | fdatasync, p50 | p99.9 | largest | waking late, p50 | p99.9 | largest |'
    echo '|---|---|---:|---:|---:|---:|---:|---:|'
    awk -F'\t' '{print "| " $1 " | " $2 " | " $4 " | " $6 " | " $7 " | " $9 " | " $11 " | " $12 " |"}' "$work/victims"
}

started() {
    local name
    printf '\n| recorder | version | started as |\n|---|---|---|\n'
    for name in "${here[@]}"; do
        command_of "$name" N FOLDER
        # shellcheck disable=SC2016 # the backquotes are Markdown
        printf '| %s | %s | `%s` |\n' "$name" "${version[$name]:-?}" \
            "$(sed "s|$sysray|sysray|; s|$peers/bin/||; s|$work|.|g" <<<"${words[*]}")${takes_out:+ >FILE}"
    done
    for name in "${!reason[@]}"; do
        printf '| %s | | left out: %s |\n' "$name" "${reason[$name]}"
    done
}

markers_in() { # FILE
    [ "$(grep -c '^<!-- bench-record: \(begin\|end\) -->$' "$1" 2>/dev/null)" = 2 ]
}

put_into() { # FILE TABLES
    sed -e '/^<!-- bench-record: begin -->$/,/^<!-- bench-record: end -->$/ {
        /^<!-- bench-record: begin -->$/ {
            p
            r '"$2"'
        }
        /^<!-- bench-record: end -->$/ p
        d
    }' "$1" >"$work/with-tables"
    cat "$work/with-tables" >"$1"
}
