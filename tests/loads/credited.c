/* Children that write, each of whom this one waits for: at once, when it has been dead for a while, and soon after it
 * began. Says their pids. */
#include "common.h"
#include <fcntl.h>

enum { MIB = 1 << 20 };

static int child(const char *folder, int pieces, int mib, long long rest_ns) {
    int pid = fork();
    if (pid)
        return pid;
    char path[4096], *bytes = malloc(mib * MIB);
    memset(bytes, 7, mib * MIB);
    snprintf(path, sizeof path, "%s/%d", folder, getpid());
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    for (int i = 0; i < pieces; i++) {
        if (write(file, bytes, mib * MIB) != mib * MIB || fsync(file))
            _exit(1);
        nap(rest_ns);
    }
    _exit(0);
}

int main(int argc, char **argv) {
    int pids[3], status, failed = 0;
    siginfo_t info;
    begin();
    if (argc < 2)
        return 1;
    nap(500000000);
    pids[0] = child(argv[1], 4, 25, 1000000000);
    waitpid(pids[0], &status, 0);
    failed |= status;
    pids[1] = child(argv[1], 4, 25, 1000000000);
    waitid(P_PID, pids[1], &info, WEXITED | WNOWAIT);
    nap(4000000000);
    waitpid(pids[1], &status, 0);
    failed |= status;
    pids[2] = child(argv[1], 1, 8, 0);
    waitpid(pids[2], &status, 0);
    if (failed | status)
        return 1;
    SAY("%d %d %d", pids[0], pids[1], pids[2]);
    stay();
}
