/*
 * api/error_text.h - an error as the AWS CLI prints it, in the format that --cli-error-format asks
 * for.
 *
 * enhanced (when nothing is said) is the sentence with its code; legacy is the same for a service's
 * errors, and for the CLI's own the bare sentence; json, yaml, text and table print the code and
 * the message as an answer of that format, without the "aws: [ERROR]:".  Errors that have no code
 * are plain in all of them, and so are unknown options.
 *
 * True to aws-cli 2.36.7 (awscli/errorhandler.py).
 */
#ifndef API_ERROR_TEXT_H
#define API_ERROR_TEXT_H

#include "base/str.h"

struct error_text {
    const char *program; /* "aws" or "lab" */
    const char *format;  /* "json"; NULL, or a word that is none: "enhanced" */
    const char *code;    /* "InvalidAMIID.NotFound" */
    const char *op;      /* which operation the service refused: "RunInstances" */
    const char *message;
};

/* Appends a service's refusal, with its line ends. */
void error_text_add(struct str *err, const struct error_text *error);

/*
 * Appends the error of a line that the CLI itself refused.  The message is whole: "An error
 * occurred (ParamValidation): ...", or a sentence without a code; .code and .op are not looked at.
 */
void error_text_add_line(struct str *err, const struct error_text *error);

#endif
