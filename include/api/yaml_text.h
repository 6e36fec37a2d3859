/*
 * api/yaml_text.h - YAML as people write it for --cli-input-yaml.
 *
 * Block and flow mappings and lists, plain, quoted, | and > scalars, comments.  Anchors, tags,
 * directives and several documents are refused: nobody needs them for parameters, and they are how
 * small texts become large.
 */
#ifndef API_YAML_TEXT_H
#define API_YAML_TEXT_H

#include <stddef.h>

#include <jansson.h>

#include "base/str.h"

enum { YAML_TEXT_DEPTH = 64 };

/* The value, a new reference; or NULL, with a sentence and the line appended to `problem`. */
json_t *yaml_text_load(const char *text, size_t length, struct str *problem);

#endif
