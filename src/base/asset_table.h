/*
 * base/asset_table.h - what the generated build/assets.c fills, for base/asset.c alone.
 */
#ifndef BASE_ASSET_TABLE_H
#define BASE_ASSET_TABLE_H

#include "base/asset.h"

/* Sorted by path, byte by byte; one empty row more than asset_table_count ends it. */
extern const struct asset asset_table[];
extern const unsigned asset_table_count;

#endif
