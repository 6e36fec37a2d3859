/*
 * api/lab.h - the service lab.
 */
#ifndef API_LAB_H
#define API_LAB_H

#include "api/service.h"

extern const struct service service_lab;

#endif
