/* A main thread that ends while another works in 64 MiB, until the test's word; says its CPU time in microseconds. */
#include "common.h"

static void *work(void *unused) {
    while (!has_word())
        burn(CLOCK_THREAD_CPUTIME_ID, 1000000);
    SAY("%lld", now(CLOCK_PROCESS_CPUTIME_ID) / 1000);
    stay();
    return unused;
}

int main(void) {
    pthread_t thread;
    begin();
    mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    pthread_create(&thread, NULL, work, NULL);
    SAY("0");
    pthread_exit(NULL);
}
