"""How long a move of the cursor takes in the terminal desk, from the key to the last byte of the frame, on a real
terminal of 160 x 50. A random place of the strip is clicked, then single steps are typed; a line a kind.

usage: moves.py SYSRAY STORE [TIMES]"""
import fcntl, os, pty, random, select, signal, struct, sys, termios, time

LEAST_FRAME = 200  # bytes; what is drawn without a change is less

sysray, store, times = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 200
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM="xterm-256color", LANG="C", SYSRAY_CONFIG="/dev/null")
    os.execv(sysray, [sysray, "replay", store])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
os.kill(pid, signal.SIGWINCH)


def quiet(seconds):
    """Reads until nothing has come for so long; when the last byte came, and how many there were."""
    last, many = time.perf_counter(), 0
    while select.select([terminal], [], [], seconds)[0]:
        many += len(os.read(terminal, 1 << 16))
        last = time.perf_counter()
    return last, many


def frame(keys):
    begun = time.perf_counter()
    os.write(terminal, keys)
    while True:
        select.select([terminal], [], [], 10)
        last, many = quiet(0.012)
        if many >= LEAST_FRAME or last - begun > 5:
            return (last - begun) * 1e3


def told(what, of):
    of.sort()
    at = lambda share: of[round((len(of) - 1) * share)]
    print(f"{what}: {len(of)} moves, p50 {at(.5):.1f} ms, p95 {at(.95):.1f}, p99 {at(.99):.1f}")


time.sleep(3)
quiet(0.2)
random.seed(7)
click = lambda: b"\x1b[<0;%d;4M" % random.randint(1, 160)
told("anywhere", [frame(click()) for _ in range(times)])
time.sleep(1)
quiet(0.2)
told("one sample on", [frame(b".") for _ in range(times)])
with open(f"/proc/{pid}/status") as status:
    print("resident at its peak:", next(line for line in status if line.startswith("VmHWM"))[6:].strip())
os.write(terminal, b"q")
os.waitpid(pid, 0)
