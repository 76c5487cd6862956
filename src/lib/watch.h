/* lib/watch: what changes in folders. Who knows it: serve. What it knows: libuv.
 *
 * An event is a hint that something at a path may have changed, never the truth: overflowing queues drop events
 * without a word, so whoever listens lists again now and then. A Watch belongs to one thread at a time. */
#ifndef GEN_LIB_WATCH_H
#define GEN_LIB_WATCH_H

#include "base/str.h"

typedef struct Watch Watch;

/* changed is called from watch_poll with the folder that was given to watch_add and a name in it (empty: not known). */
Watch *watch_open(void (*changed)(void *user, Str folder, Str name), void *user);
/* Watches one folder, not those below it; again: nothing new. False: it cannot be (limits, gone); errno says why. */
bool watch_add(Watch *w, const char *folder);
/* Hands out what has happened, without waiting. */
void watch_poll(Watch *w);
/* Waits until something happens, or so many milliseconds; any thread, beside any other call. Folders added since the
 * last watch_poll are not waited for. */
void watch_wait(Watch *w, int milliseconds);
/* From any thread or a signal handler: ends a wait early. */
void watch_wake(Watch *w);
void watch_close(Watch *w);
const char *watch_version(void);

#endif
