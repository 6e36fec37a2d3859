/*
 * base/csv.h - cells of CSV, after RFC 4180 with plain newlines.
 *
 * A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage
 * return) gets a ' before it.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Appends a cell, in quotes where it must be; a number is no text and never a formula. */
void csv_add(struct str *out, const char *bytes, size_t length, bool is_text);

#endif
