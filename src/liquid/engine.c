/* liquid/engine: an engine's life, the names it has numbered, and its templates by name.
 *
 * Parsing happens under the engine's lock. Rendering reads without it: templates hang in buckets of lists
 * that only grow at their head, names of variables stand in chunks that never move. */
#include "liquid/filters.h"

#include <stdlib.h>

static const char *const fixed_symbols[] = {
	[SYMBOL_FORLOOP] = "forloop",
	[SYMBOL_TABLEROWLOOP] = "tablerowloop",
	[SYMBOL_INCLUDE] = "include",
	[SYMBOL_CONTENT] = "content",
	[SYMBOL_LAYOUT] = "layout",
	[SYMBOL_SITE] = "site",
	[SYMBOL_SELF] = "self",
};

uint32_t symbol_of(Liquid *l, Str name)
{
	void *known = table_get(&l->symbols, name);
	uint32_t n = atomic_load_explicit(&l->n_symbols, memory_order_relaxed);
	if (known)
		return (uint32_t)(uintptr_t)known;
	if (n == SYMBOL_CHUNKS * SYMBOL_CHUNK)
		return 0;
	if (n % SYMBOL_CHUNK == 0)
		l->names[n / SYMBOL_CHUNK] = NEW_N(&l->arena, Str, SYMBOL_CHUNK);
	name = str_dup(&l->arena, name);
	l->names[n / SYMBOL_CHUNK][n % SYMBOL_CHUNK] = name;
	table_put(&l->symbols, name, (void *)(uintptr_t)n);
	atomic_store_explicit(&l->n_symbols, n + 1, memory_order_release);
	return n;
}

Liquid *liquid_new(const LiquidHost *host)
{
	Liquid *l = mem_alloc(sizeof *l);
	memset(l, 0, sizeof *l);
	if (host)
		l->host = *host;
	pthread_mutexattr_t recursive;
	pthread_mutexattr_init(&recursive);
	pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&l->lock, &recursive);
	pthread_mutexattr_destroy(&recursive);
	l->symbols.arena = &l->arena;
	l->filters.arena = &l->arena;
	l->names[0] = NEW_N(&l->arena, Str, SYMBOL_CHUNK);
	l->n_symbols = 1; /* 0 is no symbol */
	for (size_t i = 1; i < sizeof fixed_symbols / sizeof *fixed_symbols; i++)
		symbol_of(l, str_of(fixed_symbols[i]));
	filters_index(l);
	return l;
}

void liquid_free(Liquid *l)
{
	if (!l)
		return;
	pthread_mutex_destroy(&l->lock);
	arena_release(&l->arena);
	free(l);
}

/* ---- templates ---- */

static void take_source(LiquidTemplate *t, const LiquidSource *s)
{
	t->file = s->file;
	t->text = s->text;
	t->front = s->front;
	t->escape = s->escape;
	t->start = s->body < s->text.n ? s->body : s->text.n;
	if (!t->start && str_starts(s->text, S("\xEF\xBB\xBF")))
		t->start = 3; /* a byte order mark is no text */
	bool found = false;
	Value layout = s->front.kind == V_MAP ? value_get(s->front, S("layout"), NULL, &found) : NIL;
	Str name = value_as_str(layout);
	t->layout = str_eq(name, S("none")) || str_eq(name, S("null")) ? (Str){0} : name;
}

static void check_layout(Liquid *l, LiquidTemplate *t, Diags *diags)
{
	if (!t->layout.n || atomic_load(&template_find(l, LIQUID_LAYOUT, t->layout, t->file, diags)->state) != TEMPLATE_MISSING)
		return;
	const Str *names = NULL;
	size_t n = l->host.names ? l->host.names(l->host.user, LIQUID_LAYOUT, &names) : 0, at = str_find(t->text, S("layout:"));
	Str near = n ? nearest_name(t->layout, names, n) : (Str){0};
	diag_add(diags,
		diag_at(DIAG_ERROR, "liquid", t->file, t->text, at == SIZE_MAX ? 0 : at, 7,
			str_printf(&l->arena, "there is no layout '%.*s'", STR_ARG(t->layout)),
			near.n ? str_printf(&l->arena, "did you mean '%.*s'?", STR_ARG(near)) : (Str){0}));
	t->state = TEMPLATE_FAULTY;
}

static bool parse_one(Liquid *l, LiquidTemplate *t, Arena *arena, Diags *diags)
{
	bool good = parse_template(l, t, arena, diags);
	if (good)
		check_layout(l, t, diags);
	return good && atomic_load(&t->state) == TEMPLATE_LOADING;
}

/* Parses a template, and then what it named, and what that named: one after another, so that a chain of files
 * of any length takes no stack. Other threads see none of them until all are parsed: a file that is good before
 * those it includes would be rendered without them. */
static void parse_all(Liquid *l, LiquidTemplate *t, Arena *arena, Diags *diags)
{
	Diags unheard = {0};
	LiquidTemplate *parsed = NULL;
	l->parsing = true;
	while (t) {
		t->good = parse_one(l, t, arena, diags ? diags : &unheard);
		arena = NULL; /* what it named is the engine's */
		LiquidTemplate *next = l->waiting;
		if (next)
			l->waiting = next->waiting;
		t->waiting = parsed;
		parsed = t;
		t = next;
	}
	for (; parsed; parsed = parsed->waiting)
		atomic_store_explicit(&parsed->state, parsed->good ? TEMPLATE_GOOD : TEMPLATE_FAULTY, memory_order_release);
	l->parsing = false;
	diags_release(&unheard);
}

static uint64_t bucket_of(LiquidKind kind, Str name)
{
	return (str_hash(name) + kind) % TEMPLATE_BUCKETS;
}

static LiquidTemplate *look_up(Liquid *l, LiquidKind kind, Str name, Str from)
{
	LiquidTemplate *t = atomic_load_explicit(&l->buckets[bucket_of(kind, name)], memory_order_acquire);
	while (t && (t->kind != kind || !str_eq(t->name, name) || (kind == LIQUID_RELATIVE && !str_eq(t->from, from))))
		t = t->next;
	return t;
}

static void load(Liquid *l, LiquidTemplate *t, Diags *diags)
{
	LiquidSource s = {0};
	if (!l->host.load || !l->host.load(l->host.user, t->kind, t->name, t->from, &l->arena, &s)) {
		t->file = t->name;
		atomic_store_explicit(&t->state, TEMPLATE_MISSING, memory_order_release);
		return;
	}
	take_source(t, &s);
	if (!l->parsing) {
		parse_all(l, t, NULL, diags);
		return;
	}
	t->waiting = l->waiting;
	l->waiting = t;
}

const LiquidTemplate *template_find(Liquid *l, LiquidKind kind, Str name, Str from, Diags *diags)
{
	LiquidTemplate *t = look_up(l, kind, name, from);
	if (t && atomic_load_explicit(&t->state, memory_order_acquire) != TEMPLATE_LOADING)
		return t;
	pthread_mutex_lock(&l->lock); /* being loaded by another thread, by this one, or by none yet */
	t = look_up(l, kind, name, from);
	if (!t) {
		_Atomic(LiquidTemplate *) *bucket = &l->buckets[bucket_of(kind, name)];
		t = NEW(&l->arena, LiquidTemplate);
		t->kind = kind;
		t->name = str_dup(&l->arena, name);
		t->from = str_dup(&l->arena, from);
		t->next = atomic_load_explicit(bucket, memory_order_relaxed);
		atomic_store_explicit(bucket, t, memory_order_release);
		load(l, t, diags);
	}
	pthread_mutex_unlock(&l->lock);
	return t;
}

const LiquidTemplate *liquid_parse(Liquid *l, LiquidSource source, Diags *diags)
{
	pthread_mutex_lock(&l->lock);
	LiquidTemplate *t = NEW(&l->arena, LiquidTemplate);
	take_source(t, &source);
	parse_all(l, t, NULL, diags);
	pthread_mutex_unlock(&l->lock);
	return t->state == TEMPLATE_GOOD ? t : NULL;
}

const LiquidTemplate *liquid_parse_once(Liquid *l, LiquidSource source, Arena *arena, Diags *diags)
{
	LiquidTemplate *t = NEW(arena, LiquidTemplate);
	take_source(t, &source);
	pthread_mutex_lock(&l->lock);
	parse_all(l, t, arena, diags);
	pthread_mutex_unlock(&l->lock);
	return t->state == TEMPLATE_GOOD ? t : NULL;
}

const LiquidTemplate *liquid_load(Liquid *l, LiquidKind kind, Str name, Str from_file, Diags *diags)
{
	const LiquidTemplate *t = template_find(l, kind, name, from_file, diags);
	return t && t->state == TEMPLATE_GOOD ? t : NULL;
}

bool liquid_missing(Liquid *l, Str layout)
{
	return template_find(l, LIQUID_LAYOUT, layout, (Str){0}, NULL)->state == TEMPLATE_MISSING;
}

Value liquid_template_front(const LiquidTemplate *t)
{
	return t->front;
}

/* ---- --profile ---- */

void liquid_profile(Liquid *l, bool on)
{
	atomic_store(&l->profile, on);
}

static int by_cost(const void *a, const void *b)
{
	const LiquidCost *x = a, *y = b;
	int order = (x->nanoseconds < y->nanoseconds) - (x->nanoseconds > y->nanoseconds);
	return order ? order : str_cmp(x->file, y->file);
}

size_t liquid_costs(Liquid *l, Arena *arena, const LiquidCost **costs)
{
	LiquidCost *list = NULL;
	size_t n = 0, cap = 0;
	for (size_t i = 0; i < TEMPLATE_BUCKETS; i++)
		for (LiquidTemplate *t = atomic_load(&l->buckets[i]); t; t = t->next) {
			if (!t->calls)
				continue;
			ARENA_ROOM(arena, list, n, cap);
			list[n++] = (LiquidCost){t->file, t->calls, t->nanoseconds};
		}
	if (n)
		qsort(list, n, sizeof *list, by_cost);
	*costs = list;
	return n;
}
