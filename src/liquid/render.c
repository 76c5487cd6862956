/* liquid/render: a template's tree to text. One LiquidRender a page; nothing shared is written, but the
 * memo and the counters of --profile. */
#include "liquid/filters.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

/* ---- messages and limits ---- */

static bool say_once(LiquidRender *r, uint32_t at)
{
	Budget *b = r->budget;
	for (uint32_t i = 0; i < b->n_reported; i++)
		if (b->reported[i].in == r->call->template && b->reported[i].at == at)
			return false;
	if (b->n_reported == sizeof b->reported / sizeof *b->reported)
		return false;
	b->reported[b->n_reported].in = r->call->template;
	b->reported[b->n_reported++].at = at;
	return true;
}

static void say(LiquidRender *r, DiagLevel level, const char *check, uint32_t at, uint32_t len, Str message, Str hint)
{
	if (!len && r->len) {
		at = r->at;
		len = r->len;
	} else if (!len && r->node) {
		at = r->node->at;
		len = r->node->len;
	}
	const LiquidTemplate *t = r->call->template;
	if (say_once(r, at) && r->job->diags)
		diag_add(r->job->diags, diag_at(level, check, t->file, t->text, at, len ? len : 1, message, hint));
}

void fail_at(LiquidRender *r, uint32_t at, uint32_t len, Str message, Str hint)
{
	r->budget->failed = true;
	if (r->budget->n_reported == sizeof r->budget->reported / sizeof *r->budget->reported)
		r->budget->stopped = true; /* enough said of one page */
	say(r, DIAG_ERROR, "liquid", at, len, message, hint);
}

void warn_at(LiquidRender *r, uint32_t at, uint32_t len, Str message, Str hint)
{
	say(r, DIAG_WARNING, "liquid", at, len, message, hint);
}

bool spend(LiquidRender *r, uint64_t steps)
{
	Budget *b = r->budget;
	b->steps += steps;
	if (b->steps <= r->limits.steps)
		return !b->stopped;
	if (!b->stopped)
		fail_at(r, 0, 0,
			str_printf(r->arena, "the page takes more than %llu steps in loops and filters; it is not finished",
				(unsigned long long)r->limits.steps),
			S("loops within loops over long lists multiply; narrow the lists first"));
	b->stopped = true;
	return false;
}

static bool output_fits(LiquidRender *r)
{
	if (r->out->n - r->budget->output_start <= r->limits.output)
		return true;
	if (!r->budget->stopped)
		fail_at(r, 0, 0, str_printf(r->arena, "the page grows beyond %zu MiB; it is not finished", r->limits.output >> 20),
			(Str){0});
	r->budget->stopped = true;
	return false;
}

void liquid_fail(LiquidCall *c, const char *format, ...)
{
	char text[512];
	va_list v;
	va_start(v, format);
	int n = vsnprintf(text, sizeof text, format, v);
	va_end(v);
	fail_at(c->render, 0, 0, str_n(text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1), (Str){0});
}

/* ---- variables ---- */

Slot *slot_at(LiquidRender *r, uint32_t symbol)
{
	if (symbol >= r->n_slots) { /* numbered by a file loaded since the page began */
		uint32_t n = atomic_load_explicit(&r->engine->n_symbols, memory_order_acquire);
		r->slots = arena_grow(r->arena, r->slots, r->n_slots, n, sizeof(Slot));
		r->n_slots = n;
	}
	return &r->slots[symbol];
}

static bool find_global(LiquidRender *r, Str name, Value *v)
{
	const LiquidJob *job = r->job;
	bool found = false;
	for (size_t i = 0; i < job->n_globals; i++)
		if (str_eq(job->globals[i].key, name)) {
			*v = job->globals[i].value;
			return true;
		}
	*v = job->data.kind == V_NIL ? NIL : value_get(job->data, name, r->arena, &found);
	return found;
}

static Slot *resolve(LiquidRender *r, uint32_t symbol)
{
	Slot *s = slot_at(r, symbol);
	if (s->state == SLOT_UNKNOWN)
		s->state = find_global(r, symbol_name(r->engine, symbol), &s->value) ? SLOT_GLOBAL : SLOT_ABSENT;
	return s;
}

Value lookup_name(LiquidRender *r, Str name, bool *found)
{
	for (uint32_t i = 1; i < r->n_slots; i++) /* a name made at render time: rare */
		if (str_eq(symbol_name(r->engine, i), name)) {
			Slot *s = resolve(r, i);
			*found = s->state != SLOT_ABSENT;
			return s->value;
		}
	Value v;
	*found = find_global(r, name, &v);
	return v;
}

Value liquid_global(LiquidRender *r, Str name)
{
	bool found;
	return lookup_name(r, name, &found);
}

void slot_bind(LiquidRender *r, Binding *b, uint32_t symbol)
{
	Slot *s = slot_at(r, symbol);
	*b = (Binding){s->bound, symbol, s->state, s->value};
	*s = (Slot){NIL, b, SLOT_LOCAL};
}

void slot_unbind(LiquidRender *r, Binding *b)
{
	*slot_at(r, b->symbol) = (Slot){b->value, b->outer, b->state};
}

/* assign writes the page's variable, beneath whatever loops and includes have bound by that name. */
void set_local(LiquidRender *r, uint32_t symbol, Value v)
{
	Slot *s = slot_at(r, symbol);
	Binding *b = s->bound;
	while (b && b->outer)
		b = b->outer;
	if (b) {
		b->value = v;
		b->state = SLOT_LOCAL;
	} else {
		s->value = v;
		s->state = SLOT_LOCAL;
	}
}

Mark *mark_of(LiquidRender *r, const void *owner, Value key)
{
	for (Mark *m = r->marks; m; m = m->next)
		if (m->owner == owner && (m->key.kind == V_NIL ? key.kind == V_NIL : values_equal(r, m->key, key)))
			return m;
	Mark *m = NEW(r->arena, Mark);
	*m = (Mark){r->marks, owner, key, 0};
	return r->marks = m;
}

int64_t count_by(LiquidRender *r, uint32_t symbol, int by)
{
	static const char counters;
	Mark *m = mark_of(r, &counters, value_int(symbol));
	int64_t before = m->n;
	m->n += by;
	Slot *s = slot_at(r, symbol);
	Binding *b = s->bound;
	while (b && b->outer)
		b = b->outer;
	uint8_t *state = b ? &b->state : &s->state;
	if (*state != SLOT_LOCAL) { /* assigned variables hide counters, counters hide globals */
		*state = SLOT_COUNTER;
		*(b ? &b->value : &s->value) = value_int(m->n);
	}
	return before;
}

enum { NAMES = 128 };

static size_t keys_of(const Value *of, Str *names, size_t n)
{
	for (size_t i = 0; of->kind == V_OBJECT && i < of->object->type->n && n < NAMES; i++)
		names[n++] = of->object->type->fields[i].name;
	for (uint32_t i = 0; of->kind == V_MAP && i < of->map->n && n < NAMES; i++)
		names[n++] = of->map->pairs[i].key;
	return n;
}

static size_t variables(const LiquidRender *r, Str *names)
{
	const LiquidHost *host = &r->engine->host;
	size_t n = keys_of(&r->job->data, names, 0);
	for (size_t i = 0; i < r->job->n_globals && n < NAMES; i++)
		names[n++] = r->job->globals[i].key;
	for (size_t i = 0; i < host->n_globals && n < NAMES; i++)
		names[n++] = host->globals[i];
	for (uint32_t i = 1; i < r->n_slots && n < NAMES; i++)
		if (r->slots[i].state == SLOT_LOCAL)
			names[n++] = symbol_name(r->engine, i);
	return n;
}

static void undefined(LiquidRender *r, const Expr *e, Str name, const Value *of)
{
	Str names[NAMES], near = nearest_name(name, names, of ? keys_of(of, names, 0) : variables(r, names));
	warn_at(r, e->at, e->len,
		str_printf(r->arena, "`%.*s` is not defined; nothing is printed", (int)e->len, r->call->template->text.p + e->at),
		near.n ? str_printf(r->arena, "did you mean `%.*s`?", STR_ARG(near)) : (Str){0});
}

static Value item_of(Value of, int64_t i)
{
	if (of.kind != V_LIST)
		return NIL;
	i = i < 0 ? i + of.n : i;
	return i >= 0 && i < of.n ? of.list[i] : NIL;
}

static Str character(Str s, bool last)
{
	size_t at = last && s.n ? s.n - 1 : 0, n = 1;
	while (last && at && (s.p[at] & 0xC0) == 0x80)
		at--;
	while (at + n < s.n && (s.p[at + n] & 0xC0) == 0x80)
		n++;
	return s.n ? str_n(s.p + at, n) : s;
}

static Value command_on(LiquidRender *r, Value of, uint8_t command)
{
	bool has;
	if (command == STEP_SIZE) {
		size_t n = size_of(r, of, &has);
		return has ? value_int((int64_t)n) : NIL;
	}
	bool last = command == STEP_LAST;
	if (of.kind == V_LIST)
		return of.n ? of.list[last ? of.n - 1 : 0] : NIL;
	if (of.kind == V_STR)
		return value_str(character(value_as_str(of), last));
	if (of.kind == V_RANGE && of.range.from <= of.range.to)
		return value_int(last ? of.range.to : of.range.from);
	return of.kind == V_MAP && !last ? item_of(loop_items(r, of), 0) : NIL;
}

Value field_of(LiquidRender *r, Value of, Str name, uint8_t command, bool *found)
{
	Value v = NIL;
	*found = false;
	if (of.kind == V_MAP)
		*found = map_get(of.map, name, &v);
	else if (of.kind == V_OBJECT)
		v = value_get(of, name, r->arena, found);
	if (*found || !command)
		return v;
	v = command_on(r, of, command);
	*found = v.kind != V_NIL;
	return v;
}

static Value eval_step(LiquidRender *r, Value of, const Expr *e, const Step *step)
{
	bool found;
	Value key = NIL;
	if (step->index) {
		key = eval(r, step->index);
		if (key.kind == V_INT)
			return item_of(of, key.i);
		if (key.kind != V_STR)
			return NIL;
	}
	Str name = step->index ? value_as_str(key) : step->name;
	Value v = field_of(r, of, name, step->command, &found);
	if (!found && r->job->strict && !r->quiet && (of.kind == V_MAP || of.kind == V_OBJECT))
		undefined(r, e, name, &of);
	return v;
}

/* `self`: the variables of the place as an object, so that self[name] finds one by a computed name. */
typedef struct Self {
	Object object;
	LiquidRender *render;
} Self;

static Value self_get(const Object *o, Str key, Arena *page, bool *found)
{
	(void)page;
	return lookup_name(((const Self *)o)->render, key, found);
}

static Value self_text(const Object *o, Arena *page)
{
	(void)o, (void)page;
	return NIL;
}

static const ObjectType self_type = {.name = "self", .other = self_get, .text = self_text};

static Value self_of(LiquidRender *r)
{
	Self *self = NEW(r->arena, Self);
	*self = (Self){{&self_type}, r};
	return value_object(&self->object);
}

static Value eval_root(LiquidRender *r, const Expr *e)
{
	bool found = true;
	Value v;
	if (e->var.root) {
		Value name = eval(r, e->var.root);
		v = name.kind == V_STR ? lookup_name(r, value_as_str(name), &found) : NIL;
	} else {
		Slot *s = resolve(r, e->var.symbol);
		found = s->state != SLOT_ABSENT;
		v = s->value;
		if (!found && e->var.symbol == SYMBOL_SELF)
			return self_of(r);
	}
	if (!found && r->job->strict && !r->quiet)
		undefined(r, e, e->var.root ? S("") : symbol_name(r->engine, e->var.symbol), NULL);
	return v;
}

static int32_t bound_of(LiquidRender *r, const Expr *e)
{
	Value v = eval(r, e);
	if (v.kind == V_FLOAT && e->kind != E_LITERAL)
		fail_at(r, e->at, e->len, S("a range goes from one whole number to another"),
			S("round it first: {% assign n = x | round %}"));
	Value n = to_number(v);
	double d = n.kind == V_INT ? (double)n.i : n.f;
	return d != d ? 0 : d < INT32_MIN ? INT32_MIN : d > INT32_MAX ? INT32_MAX : (int32_t)d;
}

Value eval(LiquidRender *r, const Expr *e)
{
	if (e->kind == E_LITERAL)
		return e->literal;
	if (e->kind == E_RANGE) {
		Value v = {.kind = V_RANGE};
		v.range.from = bound_of(r, e->range.from);
		v.range.to = bound_of(r, e->range.to);
		return v;
	}
	Value v = e->var.root || r->job->strict || e->var.symbol == SYMBOL_SELF ? eval_root(r, e) : resolve(r, e->var.symbol)->value;
	for (uint32_t i = 0; i < e->var.n && v.kind != V_NIL; i++)
		v = eval_step(r, v, e, &e->var.steps[i]);
	return v;
}

/* ---- filters ---- */

enum { ARGS_AT_HAND = 8 };

Value run_filter(LiquidRender *r, const FilterUse *use, Value in, const Value *given)
{
	Value at_hand[ARGS_AT_HAND];
	Pair named_at_hand[4];
	Value *args = use->n <= ARGS_AT_HAND ? at_hand : NEW_N(r->arena, Value, use->n);
	Pair *named = use->n_named <= 4 ? named_at_hand : NEW_N(r->arena, Pair, use->n_named);
	for (uint8_t i = 0; i < use->n; i++)
		args[i] = given ? given[i] : eval(r, use->args[i]);
	for (uint8_t i = 0; i < use->n_named; i++)
		named[i] = (Pair){use->named[i].name, eval(r, use->named[i].value)};
	LiquidCall call = {.render = r,
		.arena = r->arena,
		.user = r->job->user,
		.in = in,
		.args = args,
		.named = named,
		.n = use->n,
		.n_named = use->n_named};
	r->at = use->at;
	r->len = use->len;
	r->lambda = use->lambda;
	Value v = use->filter->run(&call);
	r->len = 0;
	return r->budget->stopped ? NIL : v;
}

Value eval_chain(LiquidRender *r, const Chain *c)
{
	r->quiet += c->defaulted;
	Value v = eval(r, c->head);
	r->quiet -= c->defaulted;
	uint16_t i = 0;
	bool done = false;
	if (c->pure && v.kind == V_LIST && r->job->memo && !r->remembering)
		v = memo_chain(r, c, v, &done);
	for (i = done ? c->pure : 0; i < c->n; i++)
		v = run_filter(r, &c->filters[i], v, NULL);
	return v;
}

Value liquid_named(const LiquidCall *c, Str keyword)
{
	for (uint32_t i = 0; i < c->n_named; i++)
		if (str_eq(c->named[i].key, keyword))
			return c->named[i].value;
	return NIL;
}

Str liquid_text(LiquidRender *r, Value v)
{
	return printed(r, v);
}
Str liquid_file(const LiquidRender *r)
{
	return r->call->template->file;
}

/* ---- conditions ---- */

static bool compare(LiquidRender *r, const Cond *c, Value a, Value b)
{
	int order;
	if (values_compare(a, b, &order))
		return c->op == C_LT ? order < 0 : c->op == C_GT ? order > 0 : c->op == C_LE ? order <= 0 : order >= 0;
	bool numbers = (a.kind == V_INT || a.kind == V_FLOAT || a.kind == V_STR || a.kind == V_DATE) &&
		(b.kind == V_INT || b.kind == V_FLOAT || b.kind == V_STR || b.kind == V_DATE);
	if (numbers)
		fail_at(r, c->at, c->len, str_printf(r->arena, "%s cannot be compared with %s", kind_word(a), kind_word(b)),
			a.kind == V_STR || b.kind == V_STR ? S("a text becomes a number by | plus: 0") : (Str){0});
	return false;
}

static bool eval_comparison(LiquidRender *r, const Cond *c)
{
	Value a = eval(r, c->left);
	if (c->op == C_TRUE)
		return liquid_truthy(a);
	Value b = eval(r, c->right);
	switch (c->op) {
	case C_EQ: return values_equal(r, a, b);
	case C_NE: return !values_equal(r, a, b);
	case C_CONTAINS: return value_contains(r, a, b);
	default: return compare(r, c, a, b);
	}
}

bool eval_cond(LiquidRender *r, const Cond *c)
{
	bool truth;
	r->quiet++;
	/* a and (b or c): a false `and` ends it, a true `or` ends it, else the rest decides */
	do
		truth = eval_comparison(r, c);
	while (c->join && (c->join == JOIN_AND) == truth && (c = c->next));
	r->quiet--;
	return truth;
}

bool eval_lambda(LiquidRender *r, const Lambda *l, Value item)
{
	Binding own;
	slot_bind(r, &own, l->symbol);
	slot_at(r, l->symbol)->value = item;
	bool truth = eval_cond(r, l->cond);
	slot_unbind(r, &own);
	return truth;
}

Value eval_lambda_value(LiquidRender *r, const Lambda *l, Value item)
{
	if (l->cond->op != C_TRUE || l->cond->next)
		return value_bool(eval_lambda(r, l, item));
	Binding own;
	slot_bind(r, &own, l->symbol);
	slot_at(r, l->symbol)->value = item;
	Value v = eval(r, l->cond->left);
	slot_unbind(r, &own);
	return v;
}

/* ---- blocks ---- */

static Flow render_output(LiquidRender *r, const Node *n)
{
	Value v = n->chain->n ? eval_chain(r, n->chain) : eval(r, n->chain->head);
	if (r->budget->stopped)
		return FLOW_STOP;
	if (!r->sink && !n->sink && v.kind == V_STR && r->escape == LIQUID_PLAIN)
		buf_puts(r->out, value_as_str(v));
	else
		emit(r, v, (Sink)n->sink, n->fits);
	return FLOW_ON;
}

static bool blocks_too_deep(LiquidRender *r)
{
	if (++r->budget->blocks <= BLOCKS_DEPTH)
		return false;
	fail_at(r, 0, 0, S("tags are nested more than 400 deep through the files that include each other"), (Str){0});
	return r->budget->stopped = true;
}

Flow render_block(LiquidRender *r, const Block *b)
{
	Flow flow = blocks_too_deep(r) ? FLOW_STOP : FLOW_ON;
	for (uint32_t i = 0; i < b->n && flow == FLOW_ON; i++) {
		const Node *n = &b->nodes[i];
		if (n->kind == NODE_TEXT) {
			buf_puts(r->out, n->text);
			continue;
		}
		r->node = n;
		flow = n->kind == NODE_OUTPUT ? render_output(r, n) : n->tag->render(r, n);
		if (!output_fits(r))
			return FLOW_STOP;
	}
	r->budget->blocks--;
	return output_fits(r) ? flow : FLOW_STOP;
}

static void too_deep(LiquidRender *r, const LiquidTemplate *t)
{
	Buf chain = {0};
	const Call *first = r->call;
	while (first && first->template != t)
		first = first->caller;
	const Call *list[40];
	size_t n = 0;
	for (const Call *c = r->call; c && n < 40; c = c->caller) {
		list[n++] = c;
		if (c == first)
			break;
	}
	while (n-- > 0) {
		buf_puts(&chain, list[n]->template->file);
		buf_lit(&chain, " > ");
	}
	buf_puts(&chain, t->file);
	fail_at(r, 0, 0, str_printf(r->arena, "files are nested more than %u deep: %.*s", r->limits.depth, STR_ARG(buf_str(&chain))),
		first ? S("a file includes itself; give it a condition that ends") : (Str){0});
	buf_release(&chain);
	r->budget->stopped = true;
}

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

Flow render_template(LiquidRender *r, const LiquidTemplate *t, const Node *node)
{
	if (r->budget->depth >= r->limits.depth) {
		too_deep(r, t);
		return FLOW_STOP;
	}
	Call call = {r->call, t, node};
	const Node *outer = r->node;
	bool timed = atomic_load_explicit(&r->engine->profile, memory_order_relaxed);
	uint64_t start = timed ? now_ns() : 0;
	r->call = &call;
	r->budget->depth++;
	Flow flow = render_block(r, &t->body);
	r->budget->depth--;
	r->call = call.caller;
	r->node = outer;
	if (timed) {
		LiquidTemplate *count = (LiquidTemplate *)t; /* only its atomic counters */
		atomic_fetch_add_explicit(&count->nanoseconds, now_ns() - start, memory_order_relaxed);
		atomic_fetch_add_explicit(&count->calls, 1, memory_order_relaxed);
	}
	return flow;
}

/* ---- a page and the layouts around it ---- */

static void start_page(LiquidRender *r)
{
	memset(r->slots, 0, r->n_slots * sizeof(Slot));
	r->marks = NULL;
	r->changed = NIL;
	r->loop = NULL;
}

static void set_global(LiquidRender *r, uint32_t symbol, Value v)
{
	*slot_at(r, symbol) = (Slot){v, NULL, SLOT_GLOBAL};
}

/* The keys of every layout of the chain; the innermost wins. */
static Value merged(Arena *a, Value inner, Value outer)
{
	if (inner.kind != V_MAP || outer.kind != V_MAP)
		return inner.kind == V_MAP ? inner : outer;
	MapMaker m = {.arena = a};
	for (uint32_t i = 0; i < outer.map->n; i++)
		map_put(&m, outer.map->pairs[i].key, outer.map->pairs[i].value);
	for (uint32_t i = 0; i < inner.map->n; i++)
		map_put(&m, inner.map->pairs[i].key, inner.map->pairs[i].value);
	return map_seal(&m);
}

static size_t layout_line(const LiquidTemplate *t)
{
	size_t at = str_find(t->text, S("layout:"));
	return at == SIZE_MAX ? 0 : at;
}

static const LiquidTemplate *next_layout(LiquidRender *r, const LiquidTemplate *t)
{
	const LiquidTemplate *next = template_find(r->engine, LIQUID_LAYOUT, t->layout, t->file, r->job->diags);
	Call call = {NULL, t, NULL};
	r->call = &call;
	if (next->state == TEMPLATE_MISSING)
		fail_at(r, (uint32_t)layout_line(t), 7, str_printf(r->arena, "there is no layout '%.*s'", STR_ARG(t->layout)), (Str){0});
	r->call = NULL;
	if (next->state == TEMPLATE_GOOD)
		return next;
	r->budget->failed = true;
	return NULL;
}

static void render_layouts(LiquidRender *r, const LiquidTemplate *t)
{
	Value layout = t->front;
	size_t start = r->budget->output_start;
	for (uint32_t depth = 0; t && t->layout.n && !r->budget->stopped && !r->job->no_layout; depth++) {
		const LiquidTemplate *next = next_layout(r, t);
		if (next && depth >= r->limits.depth) {
			Call call = {NULL, t, NULL};
			r->call = &call;
			fail_at(r, (uint32_t)layout_line(t), 7,
				str_printf(r->arena, "layouts are nested more than %u deep: %.*s > %.*s > ...", r->limits.depth,
					STR_ARG(t->file), STR_ARG(next->file)),
				S("a layout names itself, or one that names it"));
			r->call = NULL;
			return;
		}
		if (!(t = next))
			return;
		Str content = str_dup(r->arena, str_n(r->out->p + start, r->out->n - start));
		r->out->n = start;
		layout = merged(r->arena, layout, t->front);
		start_page(r);
		set_global(r, SYMBOL_CONTENT, marked(r, content));
		set_global(r, SYMBOL_LAYOUT, layout);
		render_template(r, t, NULL);
	}
}

bool liquid_render(Liquid *l, const LiquidTemplate *t, const LiquidJob *job, Buf *out)
{
	Budget budget = {.output_start = out->n};
	LiquidRender r = {
		.engine = l,
		.job = job,
		.arena = job->arena,
		.out = out,
		.budget = &budget,
		.limits = job->limits,
		.escape = t->escape,
		.n_slots = atomic_load_explicit(&l->n_symbols, memory_order_acquire),
	};
	r.limits.depth = r.limits.depth ? r.limits.depth : 32;
	r.limits.steps = r.limits.steps ? r.limits.steps : 10000000;
	r.limits.output = r.limits.output ? r.limits.output : (size_t)64 << 20;
	r.slots = NEW_N(r.arena, Slot, r.n_slots);
	buf_reserve(out, 1); /* tags take pieces of it back out: it is never without a place */
	if (t->front.kind == V_MAP)
		set_global(&r, SYMBOL_LAYOUT, t->front);
	render_template(&r, t, NULL);
	render_layouts(&r, t);
	return !budget.failed;
}

/* ---- forloop and tablerowloop ---- */

#define LOOP_FIELD(name, expression) \
	static Value loop_##name(const Object *self, Arena *page) \
	{ \
		const Loop *l = (const Loop *)self; \
		(void)page; \
		return expression; \
	}
LOOP_FIELD(index, value_int(l->index + 1))
LOOP_FIELD(index0, value_int(l->index))
LOOP_FIELD(rindex, value_int((int64_t)l->length - l->index))
LOOP_FIELD(rindex0, value_int((int64_t)l->length - l->index - 1))
LOOP_FIELD(first, value_bool(l->index == 0))
LOOP_FIELD(last, value_bool(l->index + 1 == l->length))
LOOP_FIELD(length, value_int(l->length))
LOOP_FIELD(name, value_str(l->name))
LOOP_FIELD(parentloop, l->parent ? value_object(&l->parent->object) : NIL)
LOOP_FIELD(col, value_int(l->col))
LOOP_FIELD(col0, value_int((int64_t)l->col - 1))
LOOP_FIELD(col_first, value_bool(l->col == 1))
LOOP_FIELD(col_last, value_bool(l->col == l->cols))
LOOP_FIELD(row, value_int(l->row))
#undef LOOP_FIELD

static const ObjectField loop_fields[] = {
	{STR_INIT("index"), loop_index, "The turn, from 1."},
	{STR_INIT("index0"), loop_index0, "The turn, from 0."},
	{STR_INIT("first"), loop_first, "True in the first turn."},
	{STR_INIT("last"), loop_last, "True in the last turn."},
	{STR_INIT("length"), loop_length, "How many turns there are."},
	{STR_INIT("rindex"), loop_rindex, "How many turns are left, this one included."},
	{STR_INIT("rindex0"), loop_rindex0, "How many turns are left after this one."},
	{STR_INIT("parentloop"), loop_parentloop, "The forloop of the loop around this one."},
	{STR_INIT("name"), loop_name, "The variable and the list, as the tag names them."},
};

static const ObjectField tablerow_fields[] = {
	{STR_INIT("index"), loop_index, "The cell, from 1."},
	{STR_INIT("index0"), loop_index0, "The cell, from 0."},
	{STR_INIT("first"), loop_first, "True in the first cell."},
	{STR_INIT("last"), loop_last, "True in the last cell."},
	{STR_INIT("length"), loop_length, "How many cells there are."},
	{STR_INIT("rindex"), loop_rindex, "How many cells are left, this one included."},
	{STR_INIT("rindex0"), loop_rindex0, "How many cells are left after this one."},
	{STR_INIT("col"), loop_col, "The column, from 1."},
	{STR_INIT("col0"), loop_col0, "The column, from 0."},
	{STR_INIT("col_first"), loop_col_first, "True in the first column."},
	{STR_INIT("col_last"), loop_col_last, "True in the last column."},
	{STR_INIT("row"), loop_row, "The row, from 1."},
};

const ObjectType loop_type = {.name = "forloop", .fields = loop_fields, .n = sizeof loop_fields / sizeof *loop_fields};
const ObjectType tablerow_type = {.name = "tablerowloop", .fields = tablerow_fields, .n = sizeof tablerow_fields / sizeof *tablerow_fields};
