#include "base/pool.h"

#include "base/arena.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

typedef struct Worker {
	Pool *pool;
	pthread_t thread;
	int number;
} Worker;

struct Pool {
	int threads;
	Worker *workers; /* number 0 is the caller and has no thread */
	pthread_mutex_t lock;
	pthread_cond_t start, done;
	unsigned long round; /* counts calls of pool_run */
	int busy;
	bool ending;
	size_t n, step;
	_Atomic size_t next;
	void (*work)(void *, size_t, int);
	void *context;
};

static void take_work(Pool *p, int worker)
{
	size_t from;
	while ((from = atomic_fetch_add(&p->next, p->step)) < p->n)
		for (size_t i = from; i < from + p->step && i < p->n; i++)
			p->work(p->context, i, worker);
}

static void *worker_main(void *v)
{
	Worker *w = v;
	Pool *p = w->pool;
	unsigned long seen = 0;
	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (p->round == seen && !p->ending)
			pthread_cond_wait(&p->start, &p->lock);
		if (p->ending)
			break;
		seen = p->round;
		pthread_mutex_unlock(&p->lock);
		take_work(p, w->number);
		pthread_mutex_lock(&p->lock);
		if (!--p->busy)
			pthread_cond_signal(&p->done);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static int processors(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof set, &set))
		return 1;
	int n = CPU_COUNT(&set);
	return n < 1 ? 1 : n > 64 ? 64 : n;
}

Pool *pool_new(int threads)
{
	Pool *p = mem_alloc(sizeof *p);
	*p = (Pool){.threads = threads > 0 ? threads : processors()};
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->start, NULL);
	pthread_cond_init(&p->done, NULL);
	p->workers = mem_resize(NULL, (size_t)p->threads, sizeof(Worker));
	int running = 1;
	for (; running < p->threads; running++) {
		p->workers[running] = (Worker){.pool = p, .number = running};
		if (pthread_create(&p->workers[running].thread, NULL, worker_main, &p->workers[running]))
			break; /* fewer threads do the same work */
	}
	p->threads = running;
	return p;
}

void pool_free(Pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->ending = true;
	pthread_cond_broadcast(&p->start);
	pthread_mutex_unlock(&p->lock);
	for (int i = 1; i < p->threads; i++)
		pthread_join(p->workers[i].thread, NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->start);
	pthread_cond_destroy(&p->done);
	free(p->workers);
	free(p);
}

int pool_threads(const Pool *p) { return p->threads; }

void pool_run(Pool *p, size_t n, void (*work)(void *context, size_t i, int worker), void *context)
{
	p->n = n;
	p->work = work;
	p->context = context;
	p->step = n / (size_t)p->threads / 32;
	p->step = p->step < 1 ? 1 : p->step > 64 ? 64 : p->step;
	atomic_store(&p->next, 0);
	if (p->threads > 1 && n > 1) {
		pthread_mutex_lock(&p->lock);
		p->busy = p->threads - 1;
		p->round++;
		pthread_cond_broadcast(&p->start);
		pthread_mutex_unlock(&p->lock);
	}
	take_work(p, 0);
	if (p->threads > 1 && n > 1) {
		pthread_mutex_lock(&p->lock);
		while (p->busy)
			pthread_cond_wait(&p->done, &p->lock);
		pthread_mutex_unlock(&p->lock);
	}
}
