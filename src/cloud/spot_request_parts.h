/*
 * cloud/spot_request_parts.h - what the files of the room `spot_request` share.
 */
#ifndef CLOUD_SPOT_REQUEST_PARTS_H
#define CLOUD_SPOT_REQUEST_PARTS_H

#include "cloud/spot_request.h"

/* The next look at it, so long from now; instead of the one that was planned. */
void spot_look_plan(struct spot_requests *requests, struct spot_request *request,
                    int64_t delay_ns);
void spot_look_cancel(struct spot_requests *requests, struct spot_request *request);
/* It comes into a state: written down and told. */
void spot_status_set(struct spot_requests *requests, struct spot_request *request, uint8_t state,
                     uint8_t status);
/* The same of one that is over: after two days it is forgotten. */
void spot_request_end(struct spot_requests *requests, struct spot_request *request, uint8_t state,
                      uint8_t status);
enum spot_supply spot_supply_now(const struct spot_requests *requests, uint16_t type,
                                 uint8_t zone);
/* Handles EVENT_SPOT_LOOK (spot_request_watch.c). */
extern const struct event_kind spot_look_kind;

#endif
