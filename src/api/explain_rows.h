/*
 * api/explain_rows.h - the tables of api/explain.
 *
 * Only api/explain.c and the tables themselves use this door.
 */
#ifndef API_EXPLAIN_ROWS_H
#define API_EXPLAIN_ROWS_H

#include "api/explain.h"

/* Sorted by code; each ended by a row without one. */
extern const struct explanation explain_codes[], explain_codes_late[],
    explain_codes_network[], explain_codes_spot[], explain_codes_wafv2[],
    explain_codes_events[], explain_codes_sqs[], explain_codes_sns[];
/* The first that fits a message is taken. */
extern const struct explanation explain_lines[];

#endif
