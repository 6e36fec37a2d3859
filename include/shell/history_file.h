/*
 * shell/history_file.h - the file that keeps what was typed, across sessions.
 *
 * One command after another, oldest first; where a command has several lines, each but its last
 * ends in a backslash.  Texts pass line by line through utf8_add_typed(): a control character that
 * came into the file stays there.  Several consoles may add to one file.
 */
#ifndef SHELL_HISTORY_FILE_H
#define SHELL_HISTORY_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct str;

enum { HISTORY_FILE_COMMANDS = 10000 }; /* kept; a file of twice as many is cut to the newest */

/*
 * Reads the file (it is made, for its owner only, when it does not exist) and gives each command to
 * add(), at most HISTORY_FILE_COMMANDS, oldest first.  Returns true; or false with one line in
 * *problem: no link, device or huge file is read.
 */
bool history_file_load(const char *path, void (*add)(const char *text), struct str *problem);

/*
 * Adds a command at once.  That the file cannot be written (a full disk) is no reason to stop
 * anyone's work: then it is not.
 */
void history_file_append(const char *path, const char *text);

#endif
