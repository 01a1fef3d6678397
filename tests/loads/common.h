/* What the loads of the interop tests share: clocks, and words with the test that starts one. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Nanoseconds of a clock. */
static inline long long now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Works for so many nanoseconds by a clock of CPU time. */
static inline void burn(clockid_t clock, long long ns) {
    for (long long until = now(clock) + ns; now(clock) < until;) {}
}

static inline void nap(long long ns) {
    nanosleep(&(struct timespec){ns / 1000000000, ns % 1000000000}, NULL);
}

/* Waits until a moment of the monotonic clock. */
static inline void wait_until(long long at) {
    struct timespec t = {at / 1000000000, at % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/* To be called first: the test speaks by SIGUSR1, and what it forgets ends by itself. */
static inline void begin(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    alarm(180);
}

/* Says a line, and waits for the test's word. */
#define SAY(...) (printf(__VA_ARGS__), putchar('\n'), fflush(stdout))
static inline void wait_for_word(void) {
    sigset_t set;
    int signal;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigwait(&set, &signal);
}

/* Whether the test has given its word. */
static inline int has_word(void) {
    sigset_t set;
    sigpending(&set);
    return sigismember(&set, SIGUSR1);
}

/* Stays until it is ended. */
static inline void stay(void) {
    for (;;)
        pause();
}
