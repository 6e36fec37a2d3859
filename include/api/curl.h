/*
 * api/curl.h - the word curl: one request, followed to its answer.
 */
#ifndef API_CURL_H
#define API_CURL_H

#include "api/word.h"

/* lab send-request, then lab describe-request.  The exit codes are curl's. */
int curl_run(struct word_call *call);

#endif
