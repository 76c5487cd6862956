/* liquid/filters_pick: which items of a list: where, find, has, reject, group_by, and their forms with an
 * expression (Jekyll's where_exp and its kin, whose expression is parsed with the template). */
#include "liquid/filters_rows.h"

typedef enum Hit { HIT_NO, HIT_YES, HIT_ERROR } Hit;

/* Jekyll's reading, for where and find: a list matches by one of its items, other values by their text. */
static bool matches(LiquidCall *c, Value have, Value want, bool loose)
{
	if (values_equal(c->render, have, want))
		return true;
	if (!loose || want.kind != V_STR)
		return false;
	if (have.kind == V_LIST) {
		for (uint32_t i = 0; i < have.n; i++)
			if (have.list[i].kind != V_LIST && matches(c, have.list[i], want, true))
				return true;
		return false;
	}
	return have.kind != V_NIL && have.kind != V_MAP && have.kind != V_STR && have.kind != V_BOOL &&
		str_eq(text_of(c->render, have), value_as_str(want));
}

static Hit hit(LiquidCall *c, Value item, bool loose)
{
	Value have;
	bool skip = false;
	if (c->args[0].kind == V_NIL && item.kind == V_STR)
		return HIT_ERROR;
	if (!property(c, item, c->args[0], &have, &skip))
		return HIT_ERROR;
	if (c->n < 2 || c->args[1].kind == V_NIL)
		return liquid_truthy(have) ? HIT_YES : HIT_NO;
	return matches(c, have, c->args[1], loose) ? HIT_YES : HIT_NO;
}

static Value picked(LiquidCall *c, bool loose, Hit keep)
{
	Value list = items_of(c->render, c->in);
	Value *items = NEW_N(c->arena, Value, list.n);
	size_t n = 0;
	for (uint32_t i = 0; i < list.n; i++) {
		Hit h = hit(c, list.list[i], loose);
		if (h == HIT_ERROR)
			return NIL;
		if (h == keep)
			items[n++] = list.list[i];
	}
	return value_list(items, n);
}

static Value where(LiquidCall *c)
{
	return picked(c, true, HIT_YES);
}
static Value reject(LiquidCall *c)
{
	return picked(c, false, HIT_NO);
}

/* The number of the first item that hits; -1: none, -2: they have no properties. */
static int64_t first_hit(LiquidCall *c, Value list, bool loose)
{
	for (uint32_t i = 0; i < list.n; i++) {
		Hit h = hit(c, list.list[i], loose);
		if (h != HIT_NO)
			return h == HIT_YES ? (int64_t)i : -2;
	}
	return -1;
}

static Value find(LiquidCall *c)
{
	Value list = items_of(c->render, c->in);
	int64_t i = first_hit(c, list, true);
	return i < 0 ? NIL : list.list[i];
}

static Value find_index(LiquidCall *c)
{
	int64_t i = first_hit(c, items_of(c->render, c->in), false);
	return i < 0 ? NIL : value_int(i);
}

static Value has(LiquidCall *c)
{
	int64_t i = first_hit(c, items_of(c->render, c->in), false);
	return i == -2 ? NIL : value_bool(i >= 0);
}

/* ---- with an expression ---- */

static Value where_exp(LiquidCall *c)
{
	const Lambda *l = c->render->lambda;
	Value list = items_of(c->render, c->in);
	Value *items = NEW_N(c->arena, Value, list.n);
	size_t n = 0;
	for (uint32_t i = 0; i < list.n; i++)
		if (eval_lambda(c->render, l, list.list[i]))
			items[n++] = list.list[i];
	return value_list(items, n);
}

static Value find_exp(LiquidCall *c)
{
	const Lambda *l = c->render->lambda;
	Value list = items_of(c->render, c->in);
	for (uint32_t i = 0; i < list.n; i++)
		if (eval_lambda(c->render, l, list.list[i]))
			return list.list[i];
	return NIL;
}

/* ---- groups ---- */

typedef struct Group {
	Value name;
	ListMaker items;
	struct Group *next;
} Group;
typedef struct Groups {
	Table by_text;
	Group *first, **end;
	size_t n;
} Groups;

static void group_add(LiquidCall *c, Groups *g, Value key, Value item)
{
	Str text = text_of(c->render, key);
	Group *group = table_get(&g->by_text, text);
	if (!group) {
		group = NEW(c->arena, Group);
		group->name = key.kind == V_STR ? key : value_str(text);
		group->items.arena = c->arena;
		table_put(&g->by_text, text, group);
		*g->end = group;
		g->end = &group->next;
		g->n++;
	}
	list_add(&group->items, item);
}

static Value groups_list(LiquidCall *c, const Groups *g)
{
	Value *items = NEW_N(c->arena, Value, g->n);
	size_t n = 0;
	for (const Group *group = g->first; group; group = group->next) {
		MapMaker m = {.arena = c->arena};
		map_put(&m, S("name"), group->name);
		map_put(&m, S("items"), list_seal(&group->items));
		map_put(&m, S("size"), value_int((int64_t)group->items.n));
		items[n++] = map_seal(&m);
	}
	return value_list(items, g->n);
}

static Value group_by(LiquidCall *c)
{
	Value list = items_of(c->render, c->in);
	Groups g = {.by_text = {.arena = c->arena}};
	g.end = &g.first;
	for (uint32_t i = 0; i < list.n; i++) {
		Value key;
		bool skip = false;
		if (!property(c, list.list[i], c->args[0], &key, &skip) && !skip)
			return NIL;
		group_add(c, &g, key, list.list[i]);
	}
	return groups_list(c, &g);
}

static Value group_by_exp(LiquidCall *c)
{
	const Lambda *l = c->render->lambda;
	Value list = items_of(c->render, c->in);
	Groups g = {.by_text = {.arena = c->arena}};
	g.end = &g.first;
	for (uint32_t i = 0; i < list.n; i++)
		group_add(c, &g, eval_lambda_value(c->render, l, list.list[i]), list.list[i]);
	return groups_list(c, &g);
}

#define PURE LIQUID_PURE
#define EXP (LIQUID_PURE | LIQUID_LAMBDA)

/* clang-format off */
const LiquidFilter filters_pick[] = {
	{STR_INIT("find"), 1, 2, PURE, find, NULL, "The first item that has a value at a key.", "{% assign b = site.briefs | find: \"region\", \"Asia\" %}{{ b.title }}", "Green steel"},
	{STR_INIT("find_exp"), 2, 2, EXP, find_exp, NULL, "The first item for which an expression is true.", "{% assign b = site.briefs | find_exp: \"b\", \"b.year < 2024\" %}{{ b.title }}", "Ageing"},
	{STR_INIT("find_index"), 1, 2, PURE, find_index, NULL, "The place of that item, from 0.", "{{ site.briefs | find_index: \"region\", \"Europe\" }}", "1"},
	{STR_INIT("group_by"), 1, 1, PURE, group_by, NULL, "A list of groups, each with name, items and size, by a key.", "{% assign groups = site.briefs | group_by: \"region\" %}{% for g in groups %}{{ g.name }} {{ g.size }}; {% endfor %}", "Asia 2; Europe 1; "},
	{STR_INIT("group_by_exp"), 2, 2, EXP, group_by_exp, NULL, "The same by the value of an expression.", "{% assign groups = site.briefs | group_by_exp: \"b\", \"b.year\" %}{% for g in groups %}{{ g.name }} {{ g.size }}; {% endfor %}", "2024 2; 2023 1; "},
	{STR_INIT("has"), 1, 2, PURE, has, NULL, "Whether an item has a value at a key.", "{{ site.briefs | has: \"region\", \"Africa\" }}", "false"},
	{STR_INIT("reject"), 1, 2, PURE, reject, NULL, "The items that do not have a value at a key.", "{{ site.briefs | reject: \"region\", \"Asia\" | map: \"title\" | join }}", "Carbon border"},
	{STR_INIT("where"), 1, 2, PURE, where, NULL, "The items that have a value at a key. A list has a value that is in it; numbers match their text.", "{{ site.briefs | where: \"region\", \"Asia\" | map: \"title\" | join: \", \" }}", "Green steel, Ageing"},
	{STR_INIT("where_exp"), 2, 2, EXP, where_exp, NULL, "The items for which an expression is true.", "{{ site.briefs | where_exp: \"b\", \"b.year >= 2024\" | size }}", "2"},
	{{0}, 0, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
/* clang-format on */
