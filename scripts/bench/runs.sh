# shellcheck shell=bash disable=SC2034,SC2154 # the parts share their names
# One recorder after the other beside one load. A line of figures each goes into files of $work:
#   results  load, recorder, samples, what the meter says (ten), bytes kept, bytes written
#   floors   load, what the floor says (five), how busy the host was (%), before ours was run and behind it
#   rows     load, recorder, process rows, sealed bytes, sealed bytes of process, journal bytes
#   victims  load, recorder, what the victim says (ten)

meter_pid=

under_load() { # none | idle PROCESSES | lively
    local load name own_samples=$short_samples
    [ "$1 $2" != "idle 300" ] && [ "$1" != lively ] || own_samples=$samples
    load=$*
    say "load: ${load% 0}"
    if ! load_start "$@"; then
        say "  it cannot be had here, and is left out"
        load_stop
        return
    fi
    load=$load_name
    for name in "${here[@]}"; do
        case $name in
            ours)
                floor "$load"
                run "$load" ours "$own_samples"
                floor "$load"
                if [ "$1" = none ] && [ -n "$can_be_rare" ]; then run "$load" ours-rare "$own_samples"; fi ;;
            *) [ "$1" = none ] || run "$load" "$name" "$peer_samples" ;;
        esac
    done
    if [ "$victim_s" -gt 0 ] && { [ "$1" = lively ] || [ "$1 $2" = "idle 300" ] || [ "$1 ${#counts[@]}" = "idle 1" ]; }; then
        victim "$load" nobody
        for name in "${here[@]}"; do victim "$load" "$name"; done
        # Once more: how far the two are apart is how far a difference means nothing.
        victim "$load" nobody
    fi
    load_stop
}

meter() { # SAMPLES
    local options=(--limit $(($1 * 3 + 60)) --err "$work/said" --out "${takes_out:-/dev/null}")
    [ -z "$cpu_cgroup" ] || options+=(--cpu "$cpu_cgroup")
    [ -z "$memory_cgroup" ] || options+=(--memory "$memory_cgroup")
    [ -z "$stop_after" ] || options+=(--stop-after "$stop_after")
    "$work/meter" "${options[@]}" -- "${words[@]}" >"$work/metered" </dev/null &
    meter_pid=$!
}

run_stop() {
    [ -z "$meter_pid" ] || kill "$meter_pid" 2>/dev/null || true
    meter_pid=
    cgroups_empty
}

run() { # LOAD RECORDER SAMPLES
    local folder=$work/recorded kept written status
    mkdir "$folder"
    cgroups_fresh
    command_of "$2" "$3" "$folder"
    say "  $2: $3 samples"
    meter "$3"
    if ! wait "$meter_pid"; then
        say "  $2 could not be measured"
        reason[$2]="${reason[$2]-}; beside $1 it could not be measured"
    else
        read -r status _ <"$work/metered"
        if [ "$status" != 0 ] && [ -z "$stop_after" ]; then
            say "  $2 ended with $status: $(tail -n 1 "$work/said")"
            reason[$2]="${reason[$2]+${reason[$2]}; }beside $1 it ended with $status"
        fi
        kept=$(bytes "$folder" '*') written=$kept
        case $2 in ours*) written=- && kept=$(bytes "$folder" '*.parquet') && asked "$1" "$2" "$folder" ;; esac
        printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$(cat "$work/metered")" "$kept" "$written" >>"$work/results"
    fi
    meter_pid=
    cgroups_empty
    rm -rf "$folder"
}

bytes() { # FOLDER NAME
    find "$1" -type f -name "$2" -printf '%s\n' | awk '{s += $1} END {printf "%.0f", s}'
}

# What our recorder noted of itself.
asked() { # LOAD RECORDER STORE
    local rows=- journal=-
    if [ -n "$can_ask" ]; then
        rows=$("$desk" query --format csv --store "$3" "select count(*) from process" | tail -n 1)
        journal=$("$desk" query --format csv --store "$3" \
            "select cast(sum(written_bytes) as bigint) from recorder where collector = 'recorder'" | tail -n 1)
        written=$((kept + journal))
    fi
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$rows" "$kept" "$(bytes "$3/process" '*.parquet')" "$journal" >>"$work/rows"
}

floor() { # LOAD
    local line before busy
    before=$(jiffies)
    line=$("$work/floor" 40) || { say "  no floor"; return; }
    busy=$(awk '{busy = $3 - $1; printf "%.0f", busy * 100 / (busy + $4 - $2)}' <<<"$before $(jiffies)")
    [ "$busy" -lt 95 ] || say "  this host is $busy % busy with the load alone: an overloaded host is measured"
    printf '%s\t%s\t%s\n' "$1" "$line" "$busy" >>"$work/floors"
}

# Of all CPUs since boot: busy, idle.
jiffies() { awk '$1 == "cpu" {print $2 + $3 + $4 + $7 + $8 + $9, $5 + $6}' /proc/stat; }

victim() { # LOAD RECORDER
    local line folder=$work/recorded
    say "  somebody else beside $2: $victim_s s"
    if [ "$2" != nobody ]; then
        mkdir "$folder"
        cgroups_fresh
        # Longer than the victim is watched: it starts, and is ended.
        command_of "$2" $((victim_s + 30)) "$folder"
        stop_after=
        meter $((victim_s + 30))
        sleep 4
    fi
    line=$("$work/victim" "$victim_s" "$work/victim-file") && printf '%s\t%s\t%s\n' "$1" "$2" "$line" >>"$work/victims"
    if [ "$2" != nobody ]; then
        kill -0 "$meter_pid" 2>/dev/null || say "  $2 had ended by itself"
        run_stop
        rm -rf "$folder"
    fi
    rm -f "$work/victim-file"
}
