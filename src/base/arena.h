/* arena: memory by lifetime. Who knows it: everybody. What it knows: malloc.
 *
 * Ownership in one sentence: what an arena hands out lives until that arena is reset or released, and is
 * never freed alone. Lifetimes in gen: one arena a source file, one a generation of the site, one a page.
 *
 * Out of memory ends the program here and nowhere else, so callers never test. An arena belongs to one
 * thread at a time. Under GEN_ARENA_PIECES (the sanitizer builds) each piece is its own malloc, so that
 * AddressSanitizer sees every overrun and every use after release. */
#ifndef GEN_BASE_ARENA_H
#define GEN_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

typedef struct ArenaChunk ArenaChunk;

typedef struct Arena {
	ArenaChunk *chunk; /* the one being filled; older ones behind it */
	char *at, *end;    /* free room in it */
	size_t held;       /* bytes held from the system */
} Arena; /* all zero is an empty arena */

/* An empty arena that fills an array of the caller's before it asks for more: for what is nearly always small. */
#define ARENA_ON(array) ((Arena){.at = (array), .end = (array) + sizeof(array)})

/* Zeroed memory for n objects of the given size, aligned for any type. n == 0 gives a unique pointer. */
void *arena_alloc(Arena *a, size_t n, size_t size);
/* The same without zeroing, byte aligned: for text. */
char *arena_bytes(Arena *a, size_t n);
/* Grows the newest piece in place when it can, else copies. old may be NULL. New bytes are zero. */
void *arena_grow(Arena *a, void *old, size_t old_n, size_t new_n, size_t size);
void arena_reset(Arena *a);   /* empties it, keeps one chunk */
void arena_release(Arena *a); /* gives everything back; the arena is empty and usable */

/* Whether p points into what the arena has handed out. */
bool arena_holds(const Arena *a, const void *p);

#define NEW(arena, T) ((T *)arena_alloc((arena), 1, sizeof(T)))
#define NEW_N(arena, T, n) ((T *)arena_alloc((arena), (n), sizeof(T)))

/* malloc and friends that end the program instead of failing. */
void *mem_alloc(size_t n);
void *mem_resize(void *p, size_t n, size_t size); /* checks n * size */

/* Room for one more at the end of a list: when n has come to cap, list and cap grow, in an arena or by mem_resize. */
#define ARENA_ROOM(arena, list, n, cap) \
	((n) < (cap) ? (void)0 : (void)((list) = arena_grow((arena), (list), (cap), (cap) * 2 + 4, sizeof *(list)), (cap) = (cap) * 2 + 4))
#define MEM_ROOM(list, n, cap) ((n) < (cap) ? (void)0 : (void)((list) = mem_resize((list), (cap) = (cap) * 2 + 4, sizeof *(list))))

_Noreturn void die_oom(void);
/* A broken invariant of our own: prints BUG with place and aborts. */
_Noreturn void die_bug(const char *file, int line, const char *what);
#define BUG(what) die_bug(__FILE__, __LINE__, (what))

#endif
