/* sink: where finished files go. Render and others write into one without knowing whether it is the output
 * folder, memory, or a list.
 * Who knows it: render, write, serve, build. What it knows: str.
 *
 * Both functions are called from many threads at once, in any order, each path at most once; bytes are
 * borrowed for the call. Paths are relative to the site's root: "briefs/water/index.html". */
#ifndef GEN_BASE_SINK_H
#define GEN_BASE_SINK_H

#include "base/str.h"

typedef struct Sink {
	void (*put)(void *user, Str path, Str bytes);
	void (*copy)(void *user, Str path, int file); /* a whole file from an open descriptor, for attachments */
	void *user;
} Sink;

static inline void sink_put(const Sink *s, Str path, Str bytes) { s->put(s->user, path, bytes); }
static inline void sink_copy(const Sink *s, Str path, int file) { s->copy(s->user, path, file); }

#endif
