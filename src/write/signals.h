/* signals: a cleanup before the program ends by SIGINT, SIGTERM or SIGHUP. Who knows it: write.
 * What it knows: POSIX.
 *
 * The handler only writes to a pipe; a thread of its own reads it, calls the cleanup as ordinary code and ends
 * the program with 128 + the signal's number. A second signal ends it at once. Signals that were ignored when
 * the program began (nohup, a job in the background) stay ignored. */
#ifndef GEN_WRITE_SIGNALS_H
#define GEN_WRITE_SIGNALS_H

typedef struct Signals Signals;

/* One at a time. NULL: no thread or pipe to be had; signals then do what they always do. SIGXFSZ and SIGPIPE are
 * ignored from now on, so that they come as errors of write. */
Signals *signals_catch(void (*cleanup)(void *user, int signal), void *user);
void signals_release(Signals *s); /* as it was before; NULL is fine */

#endif
