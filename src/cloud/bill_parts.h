/*
 * cloud/bill_parts.h - what the files of the room `bill` share.
 */
#ifndef CLOUD_BILL_PARTS_H
#define CLOUD_BILL_PARTS_H

#include "cloud/bill.h"

struct bill_sum bill_sum_split(bill_wide amount);
/* The item's line of that usage and variant, made when it is new. */
struct bill_line *bill_line_make(struct bill_item *item, const struct bill_use *use);
extern const struct shape bill_sum_shape;

#endif
