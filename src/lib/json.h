/* lib/json: JSON text to values and back (RFC 8259), by jansson. Who knows it: liquid, load, graph, render.
 * What it knows: jansson, value. */
#ifndef GEN_LIB_JSON_H
#define GEN_LIB_JSON_H

#include "base/value.h"

/* Parses one JSON text of any kind into arena; maps keep the order of their keys. Numbers too large for
 * 64 bits become floats. False: *why says what is wrong (in arena), *offset is the byte where. */
bool json_parse(Str text, Arena *arena, Value *out, Str *why, size_t *offset);
/* Appends v as JSON: compact, or with two spaces of indent a level. Keys sorted on request. Dates are their
 * RFC 3339 text; objects are their named fields; depth is bounded (deeper is null). */
typedef struct JsonStyle {
	bool indent, sorted;
} JsonStyle;
void json_write(Buf *b, Value v, Arena *arena, JsonStyle style);
const char *json_version(void);

#endif
