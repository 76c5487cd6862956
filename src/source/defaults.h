/* defaults: the layouts that the binary carries, one row a file of layouts/ at build time, sorted by name.
 * Who knows it: source, archive. What it knows: str. */
#ifndef GEN_SOURCE_DEFAULTS_H
#define GEN_SOURCE_DEFAULTS_H

#include "base/str.h"

typedef struct Default {
	Str name;         /* "brief.liquid", "includes/head.liquid", "assets/style.css" */
	const char *bytes, *end;
} Default;

static inline Str default_text(const Default *d) { return str_n(d->bytes, (size_t)(d->end - d->bytes)); }

extern const Default defaults[];
extern const size_t defaults_n;

#endif
