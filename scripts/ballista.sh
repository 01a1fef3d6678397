#!/usr/bin/env bash
# The same questions on Ballista: a made store is pushed to a bucket on loopback, a scheduler and two executors are
# started, and what they answer from that bucket is compared with what `sysray query` does. What for: docs/fleet.md.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    cat <<'END_USAGE'
Usage: scripts/ballista.sh [--store FOLDER]

  --store FOLDER   a store that scripts/bench-query.sh made [default: one of two hours, made here]
  --help

Environment:
  SYSRAY     a sysray with buckets [default: target/release/sysray, by cargo build --release --features s3]
  GENERATOR  who makes the store [default: cargo bench --no-default-features --bench recorder --]
  BALLISTA   the folder of ballista-scheduler and ballista-executor [default: target/ballista/bin]
  ASK        a client of theirs [default: scripts/ballista/target/debug/ask-ballista]
  S3S        an S3 server [default: target/peers/bin/s3s-fs]

What it wants is built by hand, which takes half an hour on two cores; the client of the versions that they are of:
  cargo install --debug --locked --root target/ballista ballista-scheduler@55.0.0
  cargo install --debug --locked --root target/ballista ballista-executor@55.0.0
  cp ~/.cargo/registry/src/*/ballista-executor-55.0.0/Cargo.lock scripts/ballista/
  cargo build --manifest-path scripts/ballista/Cargo.toml
  cargo install --locked --root target/peers s3s-fs@0.14.1 --features binary
END_USAGE
}
misused() { echo "ballista: $1 (--help has the options)" >&2; exit 2; }

store=''
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --store) [ $# -gt 1 ] || misused "$1 wants a value"; store=$2; shift ;;
        *) misused "$1 is no option" ;;
    esac
    shift
done
sysray=$(realpath -m "${SYSRAY:-target/release/sysray}")
ballista=$(realpath -m "${BALLISTA:-target/ballista/bin}")
ask=$(realpath -m "${ASK:-scripts/ballista/target/debug/ask-ballista}")
s3s=$(realpath -m "${S3S:-target/peers/bin/s3s-fs}")
for program in "$sysray" "$ballista"/{ballista-scheduler,ballista-executor} "$ask" "$s3s"; do
    [ -x "$program" ] || misused "there is no $program"
done
"$sysray" push --help >/dev/null 2>&1 || misused "$sysray was built without --features s3"

work=$(mktemp -d)
started=()
finish() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait || true
    rm -rf "$work"
}
trap finish EXIT
start() {
    local name=$1; shift
    "$@" >"$work/$name.log" 2>&1 &
    started+=($!)
}
answers() {
    for _ in $(seq 300); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        sleep 0.1
    done
    echo "ballista: nobody answers on port $1" >&2
    tail -n 5 "$work"/*.log >&2
    exit 1
}

if [ -z "$store" ]; then
    store=$work/store
    read -ra generator <<<"${GENERATOR:-cargo bench --locked --no-default-features --bench recorder --}"
    "${generator[@]}" store "$store" 0 7200 300 1 sealed >&2
fi
export AWS_ENDPOINT_URL=http://127.0.0.1:58014 AWS_ENDPOINT=http://127.0.0.1:58014 AWS_ALLOW_HTTP=true
export AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=someone AWS_SECRET_ACCESS_KEY=secret SYSRAY_CONFIG=/dev/null
address=s3://recordings/bench
mkdir -p "$work/s3/recordings"
start s3 "$s3s" --host 127.0.0.1 --port 58014 --access-key someone --secret-key secret "$work/s3"
answers 58014
"$sysray" push "$address" --store "$store" >&2

start scheduler "$ballista/ballista-scheduler" --bind-host 127.0.0.1 --bind-port 58050
answers 58050
for number in 1 2; do
    start "executor$number" "$ballista/ballista-executor" --bind-host 127.0.0.1 --external-host 127.0.0.1 \
        --scheduler-host 127.0.0.1 --scheduler-port 58050 --bind-port "5806$number" --bind-grpc-port "5807$number" \
        --bind-health-port "5808$number" --vcores 1 --work-dir "$work"
    answers "5807$number"
done
python3 scripts/bench/fleet.py "$sysray" "$address" "$ask" df://127.0.0.1:58050
