#include "base/value.h"

void map_put(MapMaker *m, Str key, Value v)
{
	if (m->n <= 16) /* the sealed index finds later duplicates of longer maps */
		for (uint32_t i = 0; i < m->n; i++)
			if (str_eq(m->pairs[i].key, key)) {
				m->pairs[i].value = v;
				return;
			}
	ARENA_ROOM(m->arena, m->pairs, m->n, m->cap);
	m->pairs[m->n++] = (Pair){key, v};
}

Value map_seal(MapMaker *m)
{
	Map *map = NEW(m->arena, Map);
	map->pairs = m->pairs;
	map->n = m->n;
	if (m->n > 8) {
		uint32_t size = 16, kept = 0;
		while (size < m->n * 2)
			size *= 2;
		uint32_t *index = NEW_N(m->arena, uint32_t, size);
		for (uint32_t i = 0; i < m->n; i++) {
			uint32_t at = (uint32_t)str_hash(m->pairs[i].key) & (size - 1);
			while (index[at] && !str_eq(m->pairs[index[at] - 1].key, m->pairs[i].key))
				at = (at + 1) & (size - 1);
			if (index[at]) {
				m->pairs[index[at] - 1].value = m->pairs[i].value;
				continue;
			}
			m->pairs[kept] = m->pairs[i];
			index[at] = ++kept;
		}
		map->n = kept;
		map->index = index;
		map->index_mask = size - 1;
	}
	return value_map(map);
}

bool map_get(const Map *m, Str key, Value *out)
{
	if (m->index) {
		for (uint32_t at = (uint32_t)str_hash(key) & m->index_mask; m->index[at]; at = (at + 1) & m->index_mask)
			if (str_eq(m->pairs[m->index[at] - 1].key, key)) {
				*out = m->pairs[m->index[at] - 1].value;
				return true;
			}
		return false;
	}
	for (uint32_t i = 0; i < m->n; i++)
		if (str_eq(m->pairs[i].key, key)) {
			*out = m->pairs[i].value;
			return true;
		}
	return false;
}

void list_add(ListMaker *l, Value v)
{
	ARENA_ROOM(l->arena, l->items, l->n, l->cap);
	l->items[l->n++] = v;
}

static Value object_get(const Object *o, Str key, Arena *page, bool *found)
{
	const ObjectType *t = o->type;
	for (size_t i = 0; i < t->n; i++)
		if (t->fields[i].name.n == key.n && t->fields[i].name.p[0] == *key.p && str_eq(t->fields[i].name, key)) {
			*found = true;
			return t->fields[i].get(o, page);
		}
	*found = false;
	return t->other ? t->other(o, key, page, found) : NIL;
}

Value value_get(Value of, Str key, Arena *page, bool *found)
{
	Value v = NIL;
	*found = false;
	if (of.kind == V_OBJECT && key.n)
		return object_get(of.object, key, page, found);
	if (of.kind == V_MAP)
		*found = map_get(of.map, key, &v);
	return v;
}

static bool maps_same(const Map *a, const Map *b)
{
	Value other;
	if (a->n != b->n)
		return false;
	for (uint32_t i = 0; i < a->n; i++)
		if (!map_get(b, a->pairs[i].key, &other) || !value_same(a->pairs[i].value, other))
			return false;
	return true;
}

/* As deep as its files are, and those are bounded. */
bool value_same(Value a, Value b)
{
	if (a.kind != b.kind)
		return false;
	switch (a.kind) {
	case V_STR:
		return str_eq(value_as_str(a), value_as_str(b));
	case V_DATE:
		return a.i == b.i && a.n == b.n && a.zone == b.zone;
	case V_MAP:
		return maps_same(a.map, b.map);
	case V_LIST:
		for (uint32_t i = 0; i < a.n && a.n == b.n; i++)
			if (!value_same(a.list[i], b.list[i]))
				return false;
		return a.n == b.n;
	case V_BOOL:
		return a.b == b.b;
	default: /* numbers, objects by identity, nil */
		return a.kind == V_NIL || a.i == b.i;
	}
}
