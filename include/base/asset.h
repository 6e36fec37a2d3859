/*
 * base/asset.h - the files that are compiled into the program.
 *
 * Everything under assets/{catalog,sites,themes,art,man,completion} and lessons/ becomes a row of a
 * const table (assets/embed writes it when the program is built), so that one binary runs anywhere.
 * A path is the file's name in the repository without "assets/": "catalog/regions.txt",
 * "sites/highway/index.html", "lessons/README.md".  Nothing here allocates or fails; the rows live
 * as long as the program.
 */
#ifndef BASE_ASSET_H
#define BASE_ASSET_H

#include <stddef.h>
#include <stdint.h>

struct asset {
    const char *path;
    const unsigned char *bytes; /* a zero byte follows the last one */
    size_t size;                /* without that zero */
};

/* The file of exactly this path, or NULL. */
const struct asset *asset_find(const char *path);

/* How many there are, and the one at an index; they are sorted by path, byte by byte. */
uint32_t asset_count(void);
const struct asset *asset_at(uint32_t index);

/*
 * Walks a folder: the first file after `after` (from the start if NULL) whose path begins with
 * `prefix`, or NULL.
 * for (a = asset_next(NULL, "lessons/"); a != NULL; a = asset_next(a, "lessons/"))
 */
const struct asset *asset_next(const struct asset *after, const char *prefix);

/* The file as text: a C string, as long as the file holds no zero byte. */
const char *asset_text(const struct asset *asset);

#endif
