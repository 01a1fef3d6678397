/* Threads that give up their CPU thousands of times and then work, beside a main thread that sleeps all the while.
 * Begins at the test's word; says how often they gave it up. */
#include "common.h"

enum { THREADS = 4, NAPS = 1750 };
static pthread_barrier_t go, done;

static void *work(void *unused) {
    pthread_barrier_wait(&go);
    for (int i = 0; i < NAPS; i++)
        nap(200000);
    burn(CLOCK_THREAD_CPUTIME_ID, 300000000);
    pthread_barrier_wait(&done);
    stay();
    return unused;
}

int main(void) {
    pthread_t thread;
    begin();
    pthread_barrier_init(&go, NULL, THREADS + 1);
    pthread_barrier_init(&done, NULL, THREADS + 1);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&thread, NULL, work, NULL);
    SAY("0");
    wait_for_word();
    pthread_barrier_wait(&go);
    pthread_barrier_wait(&done);
    SAY("%d", THREADS * NAPS);
    stay();
}
