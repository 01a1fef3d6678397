# shellcheck shell=bash disable=SC2034,SC2154 # the parts share their names
# Every recorder, as it is started to note all it can about every process each second.

here=()
declare -A version=() reason=()
words=()      # what is run
stop_after=   # empty, or the seconds after which one that knows no number of samples is asked to end
takes_out=    # empty, or the file that its standard output is

recorders_find() {
    local name
    for name in "${recorders[@]}"; do
        case $name in
            ours) found "$name" "$sysray" --version "cargo build --release, or name one in SYSRAY" ;;
            collectl) found collectl collectl -v "Debian has it" ;;
            atop | nmon) found "$name" "$name" -V "Debian has it" ;;
            pidstat) found pidstat pidstat -V "Debian has it as sysstat" ;;
            sadc) found "$name" "$(sadc_path)" -V "Debian has it as sysstat" ;;
            below) found "$name" "$peers/bin/below" --version "cargo install below --version 0.9.0 --root target/peers" ;;
            sysray-0.5.11)
                found "$name" "$peers/bin/sysray" --version "cargo install sysray --version 0.5.11 --root target/peers" ;;
            *) misused "there is no recorder $name" ;;
        esac
    done
    if [ -n "${version[nmon]-}" ] && [ -z "$cpu_cgroup" ]; then
        mapfile -t here < <(printf '%s\n' "${here[@]}" | grep -vx nmon || true)
        reason[nmon]="it goes on as a daemon, which takes a cgroup to follow"
    fi
    for name in "${!reason[@]}"; do say "$name is left out: ${reason[$name]}"; done
    can_ask=
    ! "$desk" query --help >/dev/null 2>&1 || can_ask=yes
    [ -n "$can_ask" ] || say "$desk has no query: what it was to be asked for is left out (ASK names another)"
    # A recorder that can be told to look at processes rarely shows what the rest of it costs.
    can_be_rare=
    printf '[collect.process]\ninterval = "1h"\n' >"$work/rare.toml"
    if [ -n "${version[ours]-}" ]; then
        ! "$sysray" --config "$work/rare.toml" record -c 1 --store "$work/rare" >/dev/null 2>&1 || can_be_rare=before
        ! "$sysray" record --config "$work/rare.toml" -c 1 --store "$work/rare" >/dev/null 2>&1 || can_be_rare=behind
        rm -rf "$work/rare"
    fi
}

sadc_path() {
    local path
    for path in /usr/lib/sysstat/sadc /usr/lib64/sa/sadc /usr/lib/sa/sadc; do
        [ ! -x "$path" ] || { echo "$path"; return; }
    done
    echo sadc
}

found() { # NAME PROGRAM VERSION-OPTION HOW-TO-GET-IT
    if ! command -v "$2" >/dev/null; then
        reason[$1]="not installed here ($4)"
        return
    fi
    here+=("$1")
    version[$1]=$("$2" "$3" 2>&1 </dev/null | grep -m 1 -oE '[0-9]+(\.[0-9]+)+[-.a-z0-9]*|[0-9]+[a-z]\b' | head -n 1 || true)
}

command_of() { # NAME SAMPLES FOLDER
    stop_after='' takes_out=''
    case $1 in
        ours) words=("$sysray" record --budget none -c "$2" --store "$3") ;;
        ours-rare)
            words=("$sysray" record --budget none --config "$work/rare.toml" -c "$2" --store "$3")
            [ "$can_be_rare" != before ] ||
                words=("$sysray" --config "$work/rare.toml" record --budget none -c "$2" --store "$3") ;;
        atop) words=(atop -a -w "$3/atop.raw" 1 "$2") ;;
        sadc) words=("$(sadc_path)" -S XALL 1 "$2" "$3/sa") ;;
        pidstat) words=(pidstat -p ALL -durh 1 "$2") takes_out=$3/pidstat.txt ;;
        nmon) words=(nmon -f -T -I 0 -s 1 -c "$2" -m "$3") ;;
        # Without the second number it would look at processes once a minute.
        collectl) words=(collectl -s+CDNZ -i1:1 -c "$2" -f "$3") ;;
        below)
            printf 'log_dir = "%s"\nstore_dir = "%s"\ncgroup_root = "%s"\n' \
                "$work" "$3" "$(findmnt -nfo TARGET -t cgroup2 || echo /sys/fs/cgroup)" >"$work/below.conf"
            words=("$peers/bin/below" --config "$work/below.conf" record --interval-s 1 --compress)
            stop_after=$2 ;;
        sysray-0.5.11) words=("$peers/bin/sysray" record -i 1 -o "$3") stop_after=$2 ;;
    esac
}
