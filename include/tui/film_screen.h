/*
 * tui/film_screen.h - a film in the console: its views, its keys, its transcript.
 */
#ifndef TUI_FILM_SCREEN_H
#define TUI_FILM_SCREEN_H

#include "lesson/film.h"
#include "tui/console.h"

/* Plays the film until the person ends it.  Of the options, the looks and the speed are taken.
 * As console_run(). */
int film_screen_run(struct film *film, const struct console_options *looks, struct str *why);

#endif
