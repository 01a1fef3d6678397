/* One child of a few milliseconds after the other, for so many seconds. Says how many they were, and what CPU time the
 * kernel says of them who were waited for, in microseconds. No child asks for its own: the kernel would look anew. */
#include "common.h"

static void count(long long loops) {
    for (volatile long long i = 0; i < loops; i++) {}
}

static long long us(struct timeval t) {
    return t.tv_sec * 1000000LL + t.tv_usec;
}

int main(int argc, char **argv) {
    enum { TRIED = 10000000 };
    long long from, until, children = 0, loops;
    struct rusage used;
    begin();
    from = now(CLOCK_PROCESS_CPUTIME_ID);
    count(TRIED);
    loops = TRIED * 3000000LL / (now(CLOCK_PROCESS_CPUTIME_ID) - from);
    SAY("0");
    wait_for_word();
    until = now(CLOCK_MONOTONIC) + (argc > 1 ? atoi(argv[1]) : 4) * 1000000000LL;
    for (; now(CLOCK_MONOTONIC) < until; children++) {
        if (!fork()) {
            count(loops);
            _exit(0);
        }
        wait(NULL);
    }
    getrusage(RUSAGE_CHILDREN, &used);
    SAY("%lld %lld", children, us(used.ru_utime) + us(used.ru_stime));
    stay();
}
