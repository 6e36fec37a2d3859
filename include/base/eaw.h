/*
 * base/eaw.h - how many columns the AWS CLI believes a text takes in its tables.
 *
 * The CLI counts by Unicode's East Asian Width alone: Wide, Fullwidth and Ambiguous characters take
 * two columns, everything else one - even a combining mark or a control character, and even `é`,
 * which is Ambiguous and takes two.  No terminal agrees with that, so it is for table output only;
 * the screen is measured by base/utf8.
 *
 * Source: EastAsianWidth.txt of Unicode 16.0.  Code points without an entry there take one column.
 */
#ifndef BASE_EAW_H
#define BASE_EAW_H

#include <stddef.h>
#include <stdint.h>

/* Columns of one code point: 1 or 2. */
unsigned eaw_width(uint32_t code);
/* Columns of a text; a byte that is no UTF-8 takes one. */
size_t eaw_columns(const char *text, size_t length);

#endif
