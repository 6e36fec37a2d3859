/*
 * tui/html.h - a page as text: what `browse` shows.
 */
#ifndef TUI_HTML_H
#define TUI_HTML_H

#include "base/str.h"

/* Adds the page as lines of text, and its title (may be NULL). Any bytes give some text: what is no
 * HTML is taken as it is, tags that are not known are left out. */
void html_to_text(const char *html, struct str *text, struct str *title);

#endif
