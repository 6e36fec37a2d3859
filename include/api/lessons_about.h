/*
 * api/lessons_about.h - which lessons speak of a thing: a code, a command.
 */
#ifndef API_LESSONS_ABOUT_H
#define API_LESSONS_ABOUT_H

typedef void lessons_visit(void *context, const char *id, const char *title);

/*
 * Visits, in the order of their files, at most `most` lessons whose text holds `wanted` as a whole:
 * a part of a longer code or name ("describe-instance" in "describe-instances") does not count.
 */
void lessons_about(const char *wanted, unsigned most, lessons_visit *visit, void *context);

#endif
