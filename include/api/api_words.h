/*
 * api/api_words.h - the words of the prompt that stand for operations: curl, browse, ssh.
 */
#ifndef API_API_WORDS_H
#define API_API_WORDS_H

#include "api/word.h"

/* No owner. */
extern const struct word api_words[];

#endif
