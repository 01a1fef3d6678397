/* Children that end in each of the ways there are, 20 ms of CPU time behind their beginning. Says of each its pid, what
 * ended it as wait(2) has it (code, signal, core), and how long it lived, in microseconds. */
#include "common.h"

enum { WAYS = 7 };

static void *leave(void *code) {
    exit((int)(long)code);
}

static void *leave_soon(void *code) {
    nap(30000000);
    exit((int)(long)code);
}

static void *fail(void *unused) {
    abort();
    return unused;
}

static void end(int way) {
    pthread_t thread;
    switch (way) {
    case 0:
        exit(0);
    case 1:
        exit(3);
    case 2:
        kill(getpid(), SIGKILL);
        stay();
        break;
    case 3: /* by a thread that is not the main one, which waits for it */
        pthread_create(&thread, NULL, leave, (void *)7L);
        stay();
        break;
    case 4: /* by one that outlived the main thread */
        pthread_create(&thread, NULL, leave_soon, (void *)9L);
        pthread_exit(NULL);
    case 5: /* by a signal of which a core may be left, in a thread that is not the main one */
        pthread_create(&thread, NULL, fail, NULL);
        stay();
        break;
    case 6: /* by a signal that finds such a one alone */
        pthread_create(&thread, NULL, (void *(*)(void *))stay, NULL);
        pthread_exit(NULL);
    }
}

int main(void) {
    begin();
    /* A core is left where the kernel writes files of that name; they are the test's. */
    setrlimit(RLIMIT_CORE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
    for (int way = 0; way < WAYS; way++) {
        long long from = now(CLOCK_MONOTONIC);
        int status, pid = fork();
        if (!pid) {
            burn(CLOCK_PROCESS_CPUTIME_ID, 20000000);
            end(way);
        }
        if (way == WAYS - 1) {
            nap(100000000);
            kill(pid, SIGTERM);
        }
        waitpid(pid, &status, 0);
        SAY("%d %d %d %d %lld", pid, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            WIFSIGNALED(status) ? WTERMSIG(status) : -1,
            WIFSIGNALED(status) && WCOREDUMP(status), (now(CLOCK_MONOTONIC) - from) / 1000);
    }
    stay();
}
