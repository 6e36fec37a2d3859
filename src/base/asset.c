/*
 * base/asset.c - the files that are compiled into the program.
 */
#include "base/asset.h"

#include <string.h>

#include "base/asset_table.h"
#include "base/bug.h"

/* The index of the first path that is not before this one. */
static uint32_t lower_bound(const char *path)
{
    uint32_t low = 0;
    uint32_t high = asset_table_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (strcmp(asset_table[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct asset *asset_find(const char *path)
{
    uint32_t index = lower_bound(path);

    if (index < asset_table_count && strcmp(asset_table[index].path, path) == 0)
        return &asset_table[index];
    return NULL;
}

uint32_t asset_count(void)
{
    return asset_table_count;
}

const struct asset *asset_at(uint32_t index)
{
    if (index >= asset_table_count)
        BUG("asset %u of %u", index, asset_table_count);
    return &asset_table[index];
}

const struct asset *asset_next(const struct asset *after, const char *prefix)
{
    uint32_t index = after != NULL ? (uint32_t)(after - asset_table) + 1 : lower_bound(prefix);

    if (index < asset_table_count && strncmp(asset_table[index].path, prefix, strlen(prefix)) == 0)
        return &asset_table[index];
    return NULL;
}

const char *asset_text(const struct asset *asset)
{
    return (const char *)asset->bytes;
}
