/*
 * lesson/words.h - the words of the prompt that lessons fulfil: lesson, hint, check, solve, next...
 */
#ifndef LESSON_WORDS_H
#define LESSON_WORDS_H

#include "api/word.h"

/* Their owner is a struct runner. */
extern const struct word lesson_words[];

#endif
