/* Children that do next to nothing, so many a second. Says how many they were, and how long they lived in all: as each
 * saw it itself, as this one did, and their CPU time as the kernel says; in microseconds. */
#include "common.h"

enum { BATCH = 20 };

static long long us(struct timeval t) {
    return t.tv_sec * 1000000LL + t.tv_usec;
}

int main(int argc, char **argv) {
    long long begun[BATCH], outside = 0, count = 0, total, at, pace;
    struct rusage children;
    int pids[BATCH];
    begin();
    if (argc < 3)
        return 1;
    total = atoll(argv[1]);
    pace = BATCH * 1000000000LL / atoll(argv[2]);
    atomic_llong *inside = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (at = now(CLOCK_MONOTONIC); count < total; at += pace) {
        for (int i = 0; i < BATCH; i++, count++) {
            begun[i] = now(CLOCK_MONOTONIC);
            if (!(pids[i] = fork())) {
                long long from = now(CLOCK_MONOTONIC);
                mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
                *inside += now(CLOCK_MONOTONIC) - from;
                _exit(0);
            }
            if (pids[i] < 0)
                return 1;
        }
        for (int i = 0; i < BATCH; i++) {
            waitpid(pids[i], NULL, 0);
            outside += now(CLOCK_MONOTONIC) - begun[i];
        }
        wait_until(at + pace);
    }
    getrusage(RUSAGE_CHILDREN, &children);
    SAY("%lld %lld %lld %lld", count, *inside / 1000, outside / 1000, us(children.ru_utime) + us(children.ru_stime));
    stay();
}
