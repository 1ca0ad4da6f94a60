/* Starts Lockstep on the CPython beside it: what a file manager opens with a double-click.
 *
 * Replaces itself, so there is no second process.  Sets no environment variable: a program that is
 * observed, and any interpreter started from it, sees the user's own.  -E keeps variables meant for
 * another Python away from the window, -s packages of the user's.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static char self[PATH_MAX], python[PATH_MAX + 32], program[PATH_MAX + 32];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    char **command = calloc((size_t)argc + 5, sizeof *command);
    char *slash;
    int i;

    if (length < 0 || command == NULL) {
        fprintf(stderr, "lockstep: cannot find its own folder: %s\n", strerror(errno));
        return 2;
    }
    self[length] = '\0';
    slash = strrchr(self, '/');
    *slash = '\0';
    snprintf(python, sizeof python, "%s/python/bin/python3.13", self);
    snprintf(program, sizeof program, "%s/app/main.py", self);
    command[0] = python;
    command[1] = "-E";
    command[2] = "-s";
    command[3] = program;
    for (i = 1; i < argc; i++)
        command[3 + i] = argv[i];
    execv(python, command);
    fprintf(stderr, "lockstep: cannot start %s: %s\n", python, strerror(errno));
    return 2;
}
