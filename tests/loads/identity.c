/* Becomes another in one way, at the test's word: by exec, name, title or user; or stays what it is. */
#include "common.h"
#include <sys/prctl.h>

int main(int argc, char **argv) {
    const char *how = argc > 1 ? argv[1] : "";
    begin();
    SAY("0");
    if (!strcmp(how, "after"))
        stay();
    wait_for_word();
    if (!strcmp(how, "exec"))
        execl(argv[0], argv[0], "after", "exec", NULL);
    if (!strcmp(how, "name"))
        prctl(PR_SET_NAME, "renamed");
    if (!strcmp(how, "title")) {
        char *end = argv[argc - 1] + strlen(argv[argc - 1]);
        memset(argv[0], 0, end - argv[0]);
        strcpy(argv[0], "titled");
    }
    if (!strcmp(how, "user") && setresuid(65534, 65534, 65534))
        return 1;
    SAY("0");
    stay();
}
