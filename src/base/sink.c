#include "base/sink.h"

#include "base/disk.h"
#include "base/table.h"

#include <pthread.h>
#include <stdlib.h>

struct SinkMemory {
	pthread_mutex_t lock;
	Arena arena;
	Table files; /* path -> Str in the arena */
};

SinkMemory *sink_memory_new(void)
{
	SinkMemory *m = mem_alloc(sizeof *m);
	*m = (SinkMemory){0};
	pthread_mutex_init(&m->lock, NULL);
	return m;
}

void sink_memory_free(SinkMemory *m)
{
	if (!m)
		return;
	table_release(&m->files);
	arena_release(&m->arena);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

static void memory_put(void *user, Str path, Str bytes)
{
	SinkMemory *m = user;
	pthread_mutex_lock(&m->lock);
	Str *copy = NEW(&m->arena, Str);
	*copy = str_dup(&m->arena, bytes);
	if (table_put(&m->files, str_dup(&m->arena, path), copy))
		BUG("the same file written twice");
	pthread_mutex_unlock(&m->lock);
}

static void memory_copy(void *user, Str path, int file)
{
	Buf b = {0};
	if (!disk_read_file(file, SIZE_MAX / 2, &b))
		memory_put(user, path, buf_str(&b));
	buf_release(&b);
}

Sink sink_memory(SinkMemory *m) { return (Sink){memory_put, memory_copy, m}; }

bool sink_memory_get(SinkMemory *m, Str path, Str *bytes)
{
	pthread_mutex_lock(&m->lock);
	Str *found = table_get(&m->files, path);
	if (found)
		*bytes = *found;
	pthread_mutex_unlock(&m->lock);
	return found != NULL;
}

static int by_bytes(const void *x, const void *y) { return str_cmp(*(const Str *)x, *(const Str *)y); }

void sink_memory_list(SinkMemory *m, Arena *a, Str **paths, size_t *n)
{
	pthread_mutex_lock(&m->lock);
	*paths = NEW_N(a, Str, m->files.n);
	*n = 0;
	for (size_t i = 0; i < m->files.cap; i++)
		if (m->files.slots[i].value)
			(*paths)[(*n)++] = m->files.slots[i].key;
	pthread_mutex_unlock(&m->lock);
	qsort(*paths, *n, sizeof **paths, by_bytes);
}
