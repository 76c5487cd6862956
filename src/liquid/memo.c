/* liquid/memo: filter chains over site-wide lists, worked out once a generation.
 *
 * A chain is remembered by itself, the list it starts from (its address and length: values never change), and
 * the arguments of its filters. Only lists outside the page's arena are: what a page makes is gone with it,
 * and its address with it. A hit takes no lock: buckets are lists that grow at their head. A miss is worked out under
 * the memo's lock, in the memo's arena, so that each is worked out once however many threads want it. */
#include "liquid/filters.h"

#include <stdlib.h>

enum { MEMO_BUCKETS = 4096, MEMO_MIN_ITEMS = 16, MEMO_ARGS = 8 };

typedef struct Memory {
	struct Memory *next;
	const Chain *chain;
	const Value *list;
	uint32_t n, n_args;
	LiquidEscape escape; /* joined text is escaped for one kind of output */
	Value args[MEMO_ARGS];
	Value result;
} Memory;

struct LiquidMemo {
	pthread_mutex_t lock;
	Arena arena;
	size_t limit;
	_Atomic bool full;
	const Chain **chains; /* for --profile */
	size_t n_chains;
	_Atomic(Memory *) buckets[MEMO_BUCKETS];
};

LiquidMemo *liquid_memo_new(size_t bytes)
{
	LiquidMemo *m = mem_alloc(sizeof *m);
	memset(m, 0, sizeof *m);
	pthread_mutex_init(&m->lock, NULL);
	m->limit = bytes ? bytes : (size_t)64 << 20;
	return m;
}

void liquid_memo_free(LiquidMemo *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n_chains; i++) {
		atomic_store(&((Chain *)m->chains[i])->made, 0);
		atomic_store(&((Chain *)m->chains[i])->reused, 0);
	}
	pthread_mutex_destroy(&m->lock);
	arena_release(&m->arena);
	free(m);
}

/* Arguments of the part to remember; false: one of them is not to be compared cheaply. */
static bool arguments(LiquidRender *r, const Chain *c, Value *args, uint32_t *n)
{
	*n = 0;
	for (uint16_t i = 0; i < c->pure; i++)
		for (uint8_t k = 0; k < c->filters[i].n; k++) {
			if (*n == MEMO_ARGS)
				return false;
			Value v = c->filters[i].lambda ? NIL : eval(r, c->filters[i].args[k]);
			if (v.kind == V_MAP || v.kind == V_FLOAT ||
				(v.kind == V_LIST && (v.n < MEMO_MIN_ITEMS || arena_holds(r->arena, v.list))))
				return false;
			args[(*n)++] = v;
		}
	return true;
}

static bool same(Value a, Value b)
{
	if (a.kind != b.kind || a.n != b.n || a.safe != b.safe || a.zone != b.zone)
		return false;
	if (a.kind == V_STR)
		return a.n == 0 || memcmp(a.s, b.s, a.n) == 0;
	return a.kind == V_BOOL ? a.b == b.b : a.kind == V_NIL || a.kind == V_BLANK || a.kind == V_EMPTY || a.i == b.i;
}

static Memory *recall(LiquidRender *r, size_t bucket, const Chain *c, Value head, const Value *args, uint32_t n)
{
	LiquidMemo *m = r->job->memo;
	Memory *found = atomic_load_explicit(&m->buckets[bucket], memory_order_acquire);
	for (; found; found = found->next) {
		uint32_t i = 0;
		if (found->chain != c || found->list != head.list || found->n != head.n || found->n_args != n || found->escape != r->escape)
			continue;
		while (i < n && same(found->args[i], args[i]))
			i++;
		if (i == n)
			break;
	}
	return found;
}

static size_t bucket_of(const Chain *c, Value head, const Value *args, uint32_t n)
{
	uint64_t hash = (uint64_t)(uintptr_t)c * 31 + (uint64_t)(uintptr_t)head.list;
	for (uint32_t i = 0; i < n; i++)
		hash = hash * 0x9E3779B97F4A7C15u +
			(args[i].kind == V_STR ? str_hash(value_as_str(args[i])) : args[i].kind == V_BOOL ? args[i].b : (uint64_t)args[i].i);
	return (hash ^ hash >> 29) % MEMO_BUCKETS;
}

static void note_chain(LiquidMemo *m, const Chain *c)
{
	if (atomic_load(&c->made))
		return;
	m->chains = arena_grow(&m->arena, m->chains, m->n_chains, m->n_chains + 1, sizeof(void *));
	m->chains[m->n_chains++] = c;
}

/* Works the chain out in the memo's arena. NULL: it failed, and the page's own run shall say so. */
static Memory *make(LiquidRender *r, LiquidMemo *m, const Chain *c, Value head, const Value *args, uint32_t n)
{
	Memory *made = NEW(&m->arena, Memory);
	*made = (Memory){.chain = c, .list = head.list, .n = head.n, .n_args = n, .escape = r->escape};
	for (uint32_t i = 0; i < n; i++)
		made->args[i] = args[i].kind == V_STR
			? (Value){.kind = V_STR, .safe = args[i].safe, .n = args[i].n, .s = str_dup(&m->arena, value_as_str(args[i])).p}
			: args[i];
	Budget budget = {.output_start = r->budget->output_start};
	LiquidJob job = *r->job;
	LiquidRender inner = *r;
	job.diags = NULL;
	inner.job = &job;
	inner.arena = &m->arena;
	inner.budget = &budget;
	inner.remembering = true;
	inner.slots = NEW_N(&m->arena, Slot, r->n_slots); /* what the expressions may name is `site` and their own */
	Value v = head;
	for (uint32_t i = 0, at = 0; i < c->pure && !budget.failed; at += c->filters[i].n, i++)
		v = run_filter(&inner, &c->filters[i], v, made->args + at);
	made->result = v;
	return budget.failed || budget.stopped ? NULL : made;
}

Value memo_chain(LiquidRender *r, const Chain *c, Value head, bool *done)
{
	LiquidMemo *m = r->job->memo;
	Value args[MEMO_ARGS];
	uint32_t n;
	if (head.n < MEMO_MIN_ITEMS || arena_holds(r->arena, head.list) || !arguments(r, c, args, &n))
		return head;
	size_t bucket = bucket_of(c, head, args, n);
	Chain *counters = (Chain *)c; /* only its atomic counters are written */
	Memory *found = recall(r, bucket, c, head, args, n);
	if (!found && atomic_load_explicit(&m->full, memory_order_relaxed))
		return head;
	if (found) {
		atomic_fetch_add_explicit(&counters->reused, 1, memory_order_relaxed);
		*done = true;
		return found->result;
	}
	pthread_mutex_lock(&m->lock);
	if ((found = recall(r, bucket, c, head, args, n))) { /* another thread was faster */
		atomic_fetch_add_explicit(&counters->reused, 1, memory_order_relaxed);
	} else if ((found = make(r, m, c, head, args, n))) {
		note_chain(m, c);
		atomic_fetch_add_explicit(&counters->made, 1, memory_order_relaxed);
		found->next = atomic_load_explicit(&m->buckets[bucket], memory_order_relaxed);
		atomic_store_explicit(&m->buckets[bucket], found, memory_order_release);
		if (m->arena.held > m->limit)
			atomic_store(&m->full, true);
	}
	pthread_mutex_unlock(&m->lock);
	*done = found != NULL;
	return found ? found->result : head;
}

static int by_place(const void *a, const void *b)
{
	const LiquidMemoLine *x = a, *y = b;
	int order = str_cmp(x->file, y->file);
	return order ? order : x->line != y->line ? (x->line > y->line) - (x->line < y->line) : str_cmp(x->chain, y->chain);
}

size_t liquid_memo_lines(LiquidMemo *m, Arena *arena, const LiquidMemoLine **lines)
{
	LiquidMemoLine *list = NEW_N(arena, LiquidMemoLine, m->n_chains);
	for (size_t i = 0; i < m->n_chains; i++) {
		const Chain *c = m->chains[i];
		uint32_t column;
		Str source;
		list[i] = (LiquidMemoLine){
			.chain = c->text, .file = c->in->file, .made = atomic_load(&c->made), .reused = atomic_load(&c->reused)};
		diag_locate(c->in->text, c->at, &list[i].line, &column, &source);
	}
	if (m->n_chains)
		qsort(list, m->n_chains, sizeof *list, by_place);
	*lines = list;
	return m->n_chains;
}
