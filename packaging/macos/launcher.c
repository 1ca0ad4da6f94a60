/* Contents/MacOS/Lockstep: starts the program on the CPython in Contents/Resources.
 *
 * Replaces itself, so Finder's process is the window's.  Sets no environment variable.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <mach-o/dyld.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char found[PATH_MAX], self[PATH_MAX], python[PATH_MAX + 64], program[PATH_MAX + 64];
    uint32_t size = sizeof found;
    char **command = calloc((size_t)argc + 5, sizeof *command);
    char *folder;
    int i, count = 4;

    if (command == NULL || _NSGetExecutablePath(found, &size) != 0 || realpath(found, self) == NULL) {
        fprintf(stderr, "lockstep: cannot find its own folder\n");
        return 2;
    }
    folder = dirname(self);
    snprintf(python, sizeof python, "%s/../Resources/python/bin/python3.13", folder);
    snprintf(program, sizeof program, "%s/../Resources/app/main.py", folder);
    command[0] = python;
    command[1] = "-E";
    command[2] = "-s";
    command[3] = program;
    for (i = 1; i < argc; i++)
        if (strncmp(argv[i], "-psn_", 5) != 0) /* a number Finder used to add */
            command[count++] = argv[i];
    execv(python, command);
    fprintf(stderr, "lockstep: cannot start %s: %s\n", python, strerror(errno));
    return 2;
}
