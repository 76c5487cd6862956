/* pool: the same work on many things by several threads. Order of work is never order of output: results go
 * to their own place by number, so the thread count changes nothing that is written.
 * Who knows it: build, and stages that take a Pool. What it knows: threads. */
#ifndef GEN_BASE_POOL_H
#define GEN_BASE_POOL_H

#include <stddef.h>

typedef struct Pool Pool;

Pool *pool_new(int threads);  /* 0: as many as there are processors; threads - 1 are started */
void pool_free(Pool *p);
int pool_threads(const Pool *p);
/* Calls work(context, i, worker) for every i below n, each once, and returns when all are done. worker is
 * below pool_threads and names the thread, for its own arena and buffers. Not to be nested. */
void pool_run(Pool *p, size_t n, void (*work)(void *context, size_t i, int worker), void *context);

#endif
