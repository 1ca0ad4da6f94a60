/* Starts Lockstep on the CPython beside it.  Compiled twice: Lockstep.exe without a console (WINDOW=1),
 * lockstep-command.exe with one, for the commands.  Sets no environment variable.
 */
#include <stdio.h>
#include <wchar.h>
#include <windows.h>

static wchar_t self[32768], line[65536];

/* Appends an argument so that CommandLineToArgvW reads it back as it was. */
static void append(const wchar_t *argument)
{
    size_t end = wcslen(line), backslashes = 0;
    if (end)
        line[end++] = L' ';
    line[end++] = L'"';
    for (; *argument && end < 65000; argument++) {
        if (*argument == L'\\') {
            backslashes++;
        } else {
            if (*argument == L'"')
                for (backslashes++; backslashes; backslashes--)
                    line[end++] = L'\\';
            backslashes = 0;
        }
        line[end++] = *argument;
    }
    for (; backslashes; backslashes--)
        line[end++] = L'\\';
    line[end++] = L'"';
    line[end] = 0;
}

int wmain(int argc, wchar_t **argv)
{
    STARTUPINFOW start = {sizeof start};
    PROCESS_INFORMATION process;
    wchar_t path[32768];
    DWORD status = 2;
    int i;

    GetModuleFileNameW(NULL, self, 32768);
    *wcsrchr(self, L'\\') = 0;
    swprintf(path, 32768, L"%ls\\python\\%ls", self, WINDOW ? L"pythonw.exe" : L"python.exe");
    append(path);
    append(L"-E");
    append(L"-s");
    swprintf(path, 32768, L"%ls\\app\\main.py", self);
    append(path);
    for (i = 1; i < argc; i++)
        append(argv[i]);
    swprintf(path, 32768, L"%ls\\python\\%ls", self, WINDOW ? L"pythonw.exe" : L"python.exe");
    if (!CreateProcessW(path, line, NULL, NULL, !WINDOW, 0, NULL, NULL, &start, &process)) {
        if (WINDOW)
            MessageBoxW(NULL, path, L"Lockstep cannot start", MB_ICONERROR);
        else
            fwprintf(stderr, L"lockstep: cannot start %ls\n", path);
        return 2;
    }
    AllowSetForegroundWindow(process.dwProcessId);
    if (!WINDOW) {
        /* Ctrl-C is for the program; its status is waited for. */
        SetConsoleCtrlHandler(NULL, TRUE);
        WaitForSingleObject(process.hProcess, INFINITE);
        GetExitCodeProcess(process.hProcess, &status);
    } else {
        status = 0;
    }
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    return (int)status;
}
