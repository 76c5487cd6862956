#include "base/table.h"

#include <stdlib.h>

static TableSlot *slot_for(const Table *t, Str key, uint64_t hash)
{
	size_t mask = t->cap - 1;
	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		TableSlot *s = &t->slots[i];
		if (!s->value || (s->hash == hash && str_eq(s->key, key)))
			return s;
	}
}

static void grow_to(Table *t, size_t cap)
{
	Table bigger = {.cap = cap, .arena = t->arena, .n = t->n};
	if (t->arena) {
		bigger.slots = NEW_N(t->arena, TableSlot, bigger.cap);
	} else {
		bigger.slots = mem_resize(NULL, bigger.cap, sizeof(TableSlot));
		memset(bigger.slots, 0, bigger.cap * sizeof(TableSlot));
	}
	for (size_t i = 0; i < t->cap; i++)
		if (t->slots[i].value)
			*slot_for(&bigger, t->slots[i].key, t->slots[i].hash) = t->slots[i];
	if (!t->arena)
		free(t->slots);
	*t = bigger;
}

void table_reserve(Table *t, size_t n)
{
	size_t cap = t->cap ? t->cap : 16;
	while (n * 4 > cap * 3)
		cap *= 2;
	if (cap > t->cap)
		grow_to(t, cap);
}

void *table_get(const Table *t, Str key)
{
	return t->cap ? slot_for(t, key, str_hash(key))->value : NULL;
}

void *table_put(Table *t, Str key, void *value)
{
	if (!value)
		BUG("a table holds no NULL");
	if ((t->n + 1) * 4 > t->cap * 3)
		grow_to(t, t->cap ? t->cap * 2 : 16);
	uint64_t hash = str_hash(key);
	TableSlot *s = slot_for(t, key, hash);
	void *old = s->value;
	if (!old)
		t->n++;
	*s = (TableSlot){key, hash, value};
	return old;
}

void table_remove(Table *t, Str key)
{
	if (!t->cap)
		return;
	TableSlot *s = slot_for(t, key, str_hash(key));
	if (!s->value)
		return;
	t->n--;
	size_t mask = t->cap - 1, hole = (size_t)(s - t->slots);
	for (size_t i = (hole + 1) & mask; t->slots[i].value; i = (i + 1) & mask) {
		size_t home = t->slots[i].hash & mask;
		if (((i - home) & mask) >= ((i - hole) & mask)) {
			t->slots[hole] = t->slots[i];
			hole = i;
		}
	}
	t->slots[hole] = (TableSlot){0};
}

void table_release(Table *t)
{
	if (!t->arena)
		free(t->slots);
	*t = (Table){.arena = t->arena};
}

/* Optimal string alignment distance, given up beyond limit. */
size_t name_distance(Str a, Str b, size_t limit)
{
	enum { LONGEST = 64 };
	size_t rows[3][LONGEST + 1];
	if (a.n > LONGEST || b.n > LONGEST || (a.n > b.n ? a.n - b.n : b.n - a.n) > limit)
		return limit + 1;
	size_t *before = rows[0], *last = rows[1], *row = rows[2];
	for (size_t j = 0; j <= b.n; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t d = last[j - 1] + (a.p[i - 1] != b.p[j - 1]);
			d = d < last[j] + 1 ? d : last[j] + 1;
			d = d < row[j - 1] + 1 ? d : row[j - 1] + 1;
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] && before[j - 2] + 1 < d)
				d = before[j - 2] + 1;
			row[j] = d;
		}
		size_t *spare = before;
		before = last, last = row, row = spare;
	}
	return last[b.n];
}

Str nearest_name(Str typed, const Str *names, size_t n)
{
	Str best = {0};
	size_t best_d = SIZE_MAX;
	for (size_t i = 0; i < n; i++) {
		size_t longer = typed.n > names[i].n ? typed.n : names[i].n;
		size_t limit = longer / 3 < 3 ? (longer + 2) / 3 : 3;
		size_t d = name_distance(typed, names[i], limit);
		if (d <= limit && d < best_d && d < longer) {
			best = names[i];
			best_d = d;
		}
	}
	return best;
}
