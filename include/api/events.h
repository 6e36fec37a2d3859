/*
 * api/events.h - the service events.
 */
#ifndef API_EVENTS_H
#define API_EVENTS_H

#include "api/service.h"

extern const struct service service_events;

#endif
