#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ArenaChunk {
	ArenaChunk *older;
	size_t size;
	_Alignas(max_align_t) char bytes[];
};

/* Chunks are a quarter of what is held, so an arena that stays small wastes little and a large one grows fast. */
enum { SMALLEST_CHUNK = 1024, LARGEST_CHUNK = 1 << 20 };

void die_oom(void)
{
	static const char text[] = "gen: out of memory; nothing was published\n";
	ssize_t ignored = write(2, text, sizeof text - 1);
	(void)ignored;
	_exit(3);
}

void die_bug(const char *file, int line, const char *what)
{
	fprintf(stderr, "gen: BUG at %s:%d: %s\n", file, line, what);
	abort();
}

void *mem_alloc(size_t n)
{
	void *p = malloc(n ? n : 1);
	if (!p)
		die_oom();
	return p;
}

void *mem_resize(void *p, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		die_oom();
	p = realloc(p, bytes ? bytes : 1);
	if (!p)
		die_oom();
	return p;
}

#ifdef GEN_ARENA_PIECES
enum { PIECES = 1 };
#else
enum { PIECES = 0 };
#endif

static char *take(Arena *a, size_t n, size_t align)
{
	uintptr_t at = ((uintptr_t)a->at + (align - 1)) & ~(uintptr_t)(align - 1);
	if (!PIECES && a->at && at <= (uintptr_t)a->end && n <= (uintptr_t)a->end - at) {
		a->at = (char *)at + n;
		return (char *)at;
	}
	size_t size = a->held / 4 < SMALLEST_CHUNK ? SMALLEST_CHUNK : a->held / 4 < LARGEST_CHUNK ? a->held / 4 : LARGEST_CHUNK;
	if (PIECES || n > size)
		size = n;
	size_t whole;
	if (__builtin_add_overflow(size, sizeof(ArenaChunk), &whole))
		die_oom();
	ArenaChunk *c = mem_alloc(whole);
	c->size = size;
	a->held += size;
	if (a->chunk && size == n && n > LARGEST_CHUNK / 4) { /* a large piece: keep filling the current chunk */
		c->older = a->chunk->older;
		a->chunk->older = c;
		return c->bytes;
	}
	c->older = a->chunk;
	a->chunk = c;
	a->at = c->bytes + n;
	a->end = c->bytes + size;
	return c->bytes;
}

void *arena_alloc(Arena *a, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		die_oom();
	return memset(take(a, bytes ? bytes : 1, _Alignof(max_align_t)), 0, bytes);
}

char *arena_bytes(Arena *a, size_t n)
{
	return take(a, n ? n : 1, 1);
}

void *arena_grow(Arena *a, void *old, size_t old_n, size_t new_n, size_t size)
{
	size_t old_bytes = old_n * size, bytes;
	if (__builtin_mul_overflow(new_n, size, &bytes))
		die_oom();
	if (!PIECES && old && (char *)old + old_bytes == a->at && bytes - old_bytes <= (size_t)(a->end - a->at)) {
		memset(a->at, 0, bytes - old_bytes);
		a->at = (char *)old + bytes;
		return old;
	}
	void *p = arena_alloc(a, new_n, size);
	if (old && old_bytes)
		memcpy(p, old, old_bytes);
	return p;
}

bool arena_holds(const Arena *a, const void *p)
{
	for (const ArenaChunk *c = a->chunk; c; c = c->older)
		if ((uintptr_t)p >= (uintptr_t)c->bytes && (uintptr_t)p < (uintptr_t)c->bytes + c->size)
			return true;
	return false;
}

static void free_chunks(ArenaChunk *c)
{
	while (c) {
		ArenaChunk *older = c->older;
		free(c);
		c = older;
	}
}

/* What was held in several chunks is taken as one, so that the next round fits without asking the system. */
void arena_reset(Arena *a)
{
	ArenaChunk *keep = a->chunk;
	if (!keep)
		return;
	if (PIECES) {
		arena_release(a);
		return;
	}
	if (keep->older) {
		size_t size = a->held < LARGEST_CHUNK ? a->held : LARGEST_CHUNK;
		free_chunks(keep);
		keep = mem_alloc(sizeof(ArenaChunk) + size);
		keep->size = size;
	}
	keep->older = NULL;
	a->chunk = keep;
	a->at = keep->bytes;
	a->end = keep->bytes + keep->size;
	a->held = keep->size;
}

void arena_release(Arena *a)
{
	free_chunks(a->chunk);
	*a = (Arena){0};
}
