/*
 * lesson/film_plain.h - a film as text: `nephoscope replay --plain`.
 */
#ifndef LESSON_FILM_PLAIN_H
#define LESSON_FILM_PLAIN_H

#include "lesson/film.h"
#include "lesson/report.h"

/* Prints the whole film at once, without its waits; the exit code: 0, or 130 when it was stopped
 * (NULL: nobody can). */
int film_print(struct film *film, lesson_stopped *stopped);

#endif
