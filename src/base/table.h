/* table: names to things. A hash table from Str to a pointer, and the search for the name that was meant.
 * The table borrows its keys; they must live as long as it does. Who knows it: everybody. What it knows: str. */
#ifndef GEN_BASE_TABLE_H
#define GEN_BASE_TABLE_H

#include "base/str.h"

typedef struct TableSlot {
	Str key;
	uint64_t hash;
	void *value;
} TableSlot;

typedef struct Table {
	TableSlot *slots; /* open addressing, a power of two; a slot with value == NULL is free */
	size_t n, cap;
	Arena *arena;     /* where the slots live; NULL: malloc, then table_release */
} Table; /* all zero (or only .arena set) is an empty table */

void *table_get(const Table *t, Str key);        /* NULL: absent */
void *table_put(Table *t, Str key, void *value); /* value != NULL; returns what stood there before, or NULL */
void table_reserve(Table *t, size_t n);           /* room for so many, made at once */
void table_remove(Table *t, Str key);
void table_release(Table *t);

/* Letters to change, put in, take out or swap with a neighbour; limit + 1 when it is more than limit. */
size_t name_distance(Str a, Str b, size_t limit);
/* The name nearest to what was typed, for "did you mean"; empty when none is near (distance over a third
 * of its length, at most 3; swapped neighbours count one). */
Str nearest_name(Str typed, const Str *names, size_t n);

#endif
