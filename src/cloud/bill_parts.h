/*
 * cloud/bill_parts.h - what the files of the room `bill` share.
 */
#ifndef CLOUD_BILL_PARTS_H
#define CLOUD_BILL_PARTS_H

#include "cloud/bill.h"

struct bill_sum bill_sum_split(bill_wide amount);
/* The item's line of that usage and variant, made when it is new. */
struct bill_line *bill_line_make(struct bill_item *item, const struct bill_use *use);
struct bill_more *bill_more_make(struct bill_item *item);
/* What a line has cost so far, in BILL_ONE-ths of a nano-dollar. */
bill_wide bill_line_cost(const struct bill_line *line);
/* More of both, whatever the line's rate is. */
void bill_line_join(struct bill_line *line, bill_wide quantity, bill_wide cost);
extern const struct shape bill_sum_shape;

#endif
