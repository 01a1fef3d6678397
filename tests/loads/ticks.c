/* Works at a chosen part of each tick of the kernel's clock, for so many seconds: between ticks, and sleeps when they
 * strike (hide); just when they strike (show); or in user mode between them and in the kernel when they strike (split).
 * Says the tick's length, its CPU time by the scheduler's clock, and of that the part in the kernel; in microseconds. */
#include "common.h"
#include <fcntl.h>

/* The instant of a tick: the coarse clock goes on with it. */
static long long tick(void) {
    long long before = now(CLOCK_MONOTONIC_COARSE);
    while (now(CLOCK_MONOTONIC_COARSE) == before) {}
    return now(CLOCK_MONOTONIC);
}

int main(int argc, char **argv) {
    static char bytes[65536];
    struct timespec res;
    begin();
    if (argc < 3)
        return 1;
    int is_split = !strcmp(argv[1], "split"), is_shown = !strcmp(argv[1], "show"), zero = open("/dev/zero", O_RDONLY);
    clock_getres(CLOCK_MONOTONIC_COARSE, &res);
    long long length = res.tv_nsec, until = now(CLOCK_MONOTONIC) + atoi(argv[2]) * 1000000000LL, in_kernel = 0;
    /* Where in a tick work begins and ends. */
    long long from = length / 10, to = length * 7 / 10, before = length * 9 / 10, behind = length * 11 / 10;
    for (long long at = tick(), round = 0; now(CLOCK_MONOTONIC) < until; round++) {
        if (round % 250 == 249)
            at = tick();
        /* The last tick that was. */
        at += (now(CLOCK_MONOTONIC) - at) / length * length;
        if (!is_shown) {
            at += now(CLOCK_MONOTONIC) < at + from ? 0 : length;
            wait_until(at + from);
            while (now(CLOCK_MONOTONIC) < at + to) {}
        }
        if (is_shown || is_split) {
            wait_until(at + before);
            long long ran = now(CLOCK_PROCESS_CPUTIME_ID);
            while (now(CLOCK_MONOTONIC) < at + behind) {
                if (is_split && read(zero, bytes, sizeof bytes) < 0)
                    return 1;
            }
            in_kernel += is_split ? now(CLOCK_PROCESS_CPUTIME_ID) - ran : 0;
        }
    }
    SAY("%lld %lld %lld", length / 1000, now(CLOCK_PROCESS_CPUTIME_ID) / 1000, in_kernel / 1000);
    stay();
}
