/* liquid/tags_flow: tags that choose and repeat: if, unless, case, for, tablerow, ifchanged, cycle, break. */
#include "liquid/tags.h"

/* ---- if, unless ---- */

typedef struct Branch {
	const Cond *cond; /* NULL: else */
	Block block;
} Branch;

typedef struct IfBody {
	Branch *branches;
	uint32_t n;
	bool unless;
} IfBody;

static Branch *add_branch(Parser *p, IfBody *body)
{
	body->branches = arena_grow(p->arena, body->branches, body->n, body->n + 1, sizeof(Branch));
	return &body->branches[body->n++];
}

static const Cond *parse_branch_cond(Parser *p, Words w)
{
	const Cond *c = parse_cond(p, &w);
	return c && parse_end(p, &w) ? c : NULL;
}

/* if = "{% if" condition "%}" block ("{% elsif" condition "%}" block)* ("{% else %}" block)? "{% endif %}" */
static bool parse_branches(Parser *p, Node *node, bool unless, const char *stops)
{
	IfBody *body = NEW(p->arena, IfBody);
	Words w = p->words;
	bool is_else = false, closed;
	body->unless = unless;
	do {
		Branch b = {.cond = is_else ? NULL : parse_branch_cond(p, w)};
		closed = parse_block(p, &b.block, stops);
		*add_branch(p, body) = b;
		is_else = closed && str_eq(p->stop, S("else")); /* words behind else are ignored, as Shopify does */
		w = p->stop_words;
	} while (closed && !str_starts(p->stop, S("end")));
	node->body = body;
	node->blank = true;
	for (uint32_t i = 0; i < body->n; i++)
		node->blank = node->blank && body->branches[i].block.blank;
	for (uint32_t i = 0; i < body->n && node->blank; i++)
		drop_blank(&body->branches[i].block);
	return true;
}

bool parse_if(Parser *p, Node *node)
{
	return parse_branches(p, node, false, "elsif else endif");
}
bool parse_unless(Parser *p, Node *node)
{
	return parse_branches(p, node, true, "elsif else endunless");
}

Flow render_if(LiquidRender *r, const Node *node)
{
	const IfBody *body = node->body;
	for (uint32_t i = 0; i < body->n; i++) {
		const Branch *b = &body->branches[i];
		if (!b->cond || eval_cond(r, b->cond) != (body->unless && i == 0))
			return r->budget->stopped ? FLOW_STOP : render_block(r, &b->block);
	}
	return r->budget->stopped ? FLOW_STOP : FLOW_ON;
}

void blocks_if(const Node *node, Visit *visit, void *to)
{
	IfBody *body = node->body;
	for (uint32_t i = 0; i < body->n; i++)
		visit(to, &body->branches[i].block, false);
}

/* ---- case ---- */

typedef struct When {
	const Expr **values;
	uint32_t n; /* 0: else */
	Block block;
} When;

typedef struct CaseBody {
	const Expr *subject;
	When *whens;
	uint32_t n;
} CaseBody;

/* when = "{% when" expression (("," | "or") expression)* "%}" block */
static void parse_when(Parser *p, Words w, When *when)
{
	do {
		const Expr *e = parse_expr(p, &w);
		if (!e)
			return;
		when->values = arena_grow(p->arena, when->values, when->n, when->n + 1, sizeof(void *));
		when->values[when->n++] = e;
	} while (words_take(&w, T_COMMA) || words_take_name(&w, S("or")));
	parse_end(p, &w);
}

/* case = "{% case" expression "%}" ignored (when | "{% else %}" block)* "{% endcase %}" */
bool parse_case(Parser *p, Node *node)
{
	CaseBody *body = NEW(p->arena, CaseBody);
	Words w = p->words;
	Block ignored = {0};
	if ((body->subject = parse_expr(p, &w)))
		parse_end(p, &w);
	bool closed = parse_block(p, &ignored, "when else endcase");
	node->blank = true;
	while (closed && !str_eq(p->stop, S("endcase"))) {
		When when = {0};
		if (str_eq(p->stop, S("when")))
			parse_when(p, p->stop_words, &when);
		p->tag = node->tag->row.name;
		p->tag_at = node->at;
		closed = parse_block(p, &when.block, "when else endcase");
		node->blank = node->blank && when.block.blank;
		body->whens = arena_grow(p->arena, body->whens, body->n, body->n + 1, sizeof(When));
		body->whens[body->n++] = when;
	}
	for (uint32_t i = 0; i < body->n && node->blank; i++)
		drop_blank(&body->whens[i].block);
	node->body = body;
	return true;
}

/* Every value that matches prints the block; else prints where nothing has matched so far. */
Flow render_case(LiquidRender *r, const Node *node)
{
	const CaseBody *body = node->body;
	bool matched = false;
	Flow flow = FLOW_ON;
	for (uint32_t i = 0; i < body->n && flow == FLOW_ON; i++) {
		const When *when = &body->whens[i];
		if (!when->n && !matched)
			flow = render_block(r, &when->block);
		for (uint32_t k = 0; k < when->n && flow == FLOW_ON; k++) {
			r->quiet++;
			bool hit = values_equal(r, eval(r, body->subject), eval(r, when->values[k])); /* a block may have changed it */
			r->quiet--;
			if (!hit)
				continue;
			matched = true;
			flow = render_block(r, &when->block);
		}
	}
	return flow;
}

void blocks_case(const Node *node, Visit *visit, void *to)
{
	CaseBody *body = node->body;
	for (uint32_t i = 0; i < body->n; i++)
		visit(to, &body->whens[i].block, false);
}

/* ---- for, tablerow ---- */

typedef struct ForBody {
	uint32_t symbol;
	const Expr *list, *limit, *offset, *cols;
	Str name; /* "item-site.briefs": forloop.name, and what `offset: continue` goes by */
	bool reversed, onward;
	Block block, none;
} ForBody;

static bool attribute(Parser *p, Words *w, ForBody *f, bool table)
{
	Token t = w->token;
	if (words_take_name(w, S("reversed")) && !table)
		return f->reversed = true;
	const Expr **to = words_take_name(w, S("limit")) ? &f->limit
		: words_take_name(w, S("offset"))        ? &f->offset
		: words_take_name(w, S("cols")) && table ? &f->cols
							 : NULL;
	if (!to) {
		faultf(p, t.at, t.len, table ? S("it knows cols, limit and offset") : S("it knows limit, offset and reversed"),
			"`%.*s` does not know `%.*s`", STR_ARG(p->tag), STR_ARG(token_text(p, t)));
		return false;
	}
	if (!words_take(w, T_COLON)) {
		faultf(p, t.at, t.len, str_printf(p->arena, "for instance %.*s: 3", STR_ARG(token_text(p, t))),
			"expected ':' behind `%.*s`", STR_ARG(token_text(p, t)));
		return false;
	}
	if (to == &f->offset && words_is_name(w, S("continue"))) {
		words_next(w);
		f->onward = true;
		atomic_store(&p->engine->continues, true);
		return true;
	}
	return (*to = parse_expr(p, w)) != NULL;
}

/* head = name "in" expression ("," | "reversed" | name ":" expression)* */
static bool parse_head(Parser *p, ForBody *f, bool table)
{
	Words w = p->words;
	Token name = w.token;
	if (name.kind != T_NAME) {
		fault(p, name.at, name.len, S("expected a variable's name"), S("for instance {% for brief in site.briefs %}"));
		return false;
	}
	words_next(&w);
	if (!words_take_name(&w, S("in"))) {
		faultf(p, w.token.at, w.token.len, S("for instance {% for brief in site.briefs %}"), "expected `in` behind `%.*s`",
			STR_ARG(token_text(p, name)));
		return false;
	}
	f->symbol = symbol_of(p->engine, token_text(p, name));
	if (!(f->list = parse_expr(p, &w)))
		return false;
	f->name = str_printf(p->arena, "%.*s-%.*s", STR_ARG(token_text(p, name)), (int)f->list->len, p->text.p + f->list->at);
	while (words_take(&w, T_COMMA) || w.token.kind == T_NAME)
		if (w.token.kind != T_END && !attribute(p, &w, f, table))
			return false;
	return parse_end(p, &w);
}

/* for = "{% for" head "%}" block ("{% else %}" block)? "{% endfor %}" */
bool parse_for(Parser *p, Node *node)
{
	ForBody *f = NEW(p->arena, ForBody);
	bool good = parse_head(p, f, false), closed = parse_block(p, &f->block, "else endfor");
	f->none.blank = true;
	while (closed && str_eq(p->stop, S("else"))) {
		p->tag = node->tag->row.name;
		p->tag_at = node->at;
		closed = parse_block(p, &f->none, "else endfor");
	}
	node->blank = f->block.blank && f->none.blank;
	if (node->blank) {
		drop_blank(&f->block);
		drop_blank(&f->none);
	}
	node->body = f;
	return good;
}

/* tablerow = "{% tablerow" head "%}" block "{% endtablerow %}" */
bool parse_tablerow(Parser *p, Node *node)
{
	ForBody *f = NEW(p->arena, ForBody);
	bool good = parse_head(p, f, true);
	parse_block(p, &f->block, "endtablerow");
	node->body = f;
	return good;
}

typedef struct Items { /* what a loop goes through: a list, or whole numbers */
	const Value *list;
	int64_t first;
	int64_t n;
} Items;

static Items items_to_loop(LiquidRender *r, Value v)
{
	if (v.kind == V_RANGE)
		return (Items){NULL, v.range.from, v.range.to < v.range.from ? 0 : (int64_t)v.range.to - v.range.from + 1};
	Value list = loop_items(r, v);
	return (Items){list.list, 0, list.n};
}

static Value item_at(const Items *it, int64_t i)
{
	return it->list ? it->list[i] : value_int(it->first + i);
}

static bool whole(LiquidRender *r, const Expr *e, bool lenient, int64_t *out)
{
	*out = 0;
	if (!e)
		return true;
	Value v = eval(r, e);
	if (v.kind == V_NIL || to_integer(v, out))
		return true;
	if (lenient && (v.kind == V_STR || v.kind == V_FLOAT)) {
		Value number = to_number(v);
		*out = number.kind == V_INT ? number.i : number.f > -9e15 && number.f < 9e15 ? (int64_t)number.f : 0;
		return true;
	}
	fail_at(r, e->at, e->len, S("expected a whole number"), (Str){0});
	return false;
}

/* Cuts items to offset and limit; false: a fault was reported. */
static bool cut_items(LiquidRender *r, const ForBody *f, bool lenient, bool is_text, Items *it)
{
	int64_t from, limit;
	Mark *mark = atomic_load_explicit(&r->engine->continues, memory_order_relaxed) && !lenient
		? mark_of(r, &r->engine->continues, value_str(f->name))
		: NULL;
	if (!whole(r, f->offset, lenient, &from) || !whole(r, f->limit, lenient, &limit))
		return false;
	if (f->onward && mark)
		from = mark->n;
	if (is_text) /* a text is one item, whatever the offset */
		return true;
	int64_t start = from < 0 ? 0 : from < it->n ? from : it->n, stop = it->n;
	if (f->limit && eval(r, f->limit).kind != V_NIL)
		stop = from + limit < it->n ? from + limit : it->n;
	if (stop < start)
		stop = start;
	it->first += start;
	it->list = it->list ? it->list + start : NULL;
	it->n = stop - start;
	if (mark)
		mark->n = from + it->n;
	return true;
}

static Flow run_loop(LiquidRender *r, const ForBody *f, Loop *loop, const Items *it)
{
	Flow flow = FLOW_ON;
	for (int64_t i = 0; i < it->n && flow == FLOW_ON; i++) {
		if (!spend(r, 1))
			return FLOW_STOP;
		slot_at(r, f->symbol)->value = item_at(it, f->reversed ? it->n - 1 - i : i);
		loop->index = (uint32_t)i;
		flow = render_block(r, &f->block);
		if (flow == FLOW_CONTINUE)
			flow = FLOW_ON;
	}
	return flow == FLOW_BREAK ? FLOW_ON : flow;
}

Flow render_for(LiquidRender *r, const Node *node)
{
	const ForBody *f = node->body;
	Value v = eval(r, f->list);
	Items it = items_to_loop(r, v);
	if (!cut_items(r, f, false, v.kind == V_STR, &it))
		return FLOW_ON;
	if (!it.n)
		return render_block(r, &f->none);
	Loop *loop = NEW(r->arena, Loop);
	*loop = (Loop){.object = {&loop_type}, .name = f->name, .parent = r->loop, .length = (uint32_t)it.n};
	Binding own, meta;
	slot_bind(r, &meta, SYMBOL_FORLOOP);
	slot_bind(r, &own, f->symbol);
	slot_at(r, SYMBOL_FORLOOP)->value = value_object(&loop->object);
	r->loop = loop;
	Flow flow = run_loop(r, f, loop, &it);
	r->loop = loop->parent;
	slot_unbind(r, &own);
	slot_unbind(r, &meta);
	return flow;
}

static Flow run_rows(LiquidRender *r, const ForBody *f, Loop *loop, const Items *it)
{
	Flow flow = FLOW_ON;
	for (int64_t i = 0; i < it->n; i++) {
		if (!spend(r, 1))
			return FLOW_STOP;
		slot_at(r, f->symbol)->value = item_at(it, i);
		loop->index = (uint32_t)i;
		buf_printf(r->out, "<td class=\"col%u\">", loop->col);
		flow = render_block(r, &f->block);
		if (flow == FLOW_STOP)
			return flow;
		buf_lit(r->out, "</td>");
		if (flow == FLOW_BREAK)
			break;
		bool last_col = loop->col == loop->cols;
		if (last_col && i + 1 < it->n)
			buf_printf(r->out, "</tr>\n<tr class=\"row%u\">", loop->row + 1);
		loop->row += last_col;
		loop->col = last_col ? 1 : loop->col + 1;
	}
	return FLOW_ON;
}

Flow render_tablerow(LiquidRender *r, const Node *node)
{
	const ForBody *f = node->body;
	Value v = eval(r, f->list);
	int64_t cols;
	if (v.kind == V_NIL || (v.kind == V_BOOL && !v.b))
		return FLOW_ON;
	Items it = items_to_loop(r, v);
	if (!cut_items(r, f, true, v.kind == V_STR, &it) || !whole(r, f->cols, true, &cols))
		return FLOW_ON;
	Loop *loop = NEW(r->arena, Loop);
	*loop = (Loop){.object = {&tablerow_type},
		.length = (uint32_t)it.n,
		.cols = (uint32_t)(f->cols && cols > 0 && cols < UINT32_MAX ? cols : it.n),
		.col = 1,
		.row = 1};
	Binding own, meta;
	slot_bind(r, &meta, SYMBOL_TABLEROWLOOP);
	slot_bind(r, &own, f->symbol);
	slot_at(r, SYMBOL_TABLEROWLOOP)->value = value_object(&loop->object);
	buf_lit(r->out, "<tr class=\"row1\">\n");
	Flow flow = run_rows(r, f, loop, &it);
	buf_lit(r->out, "</tr>\n");
	slot_unbind(r, &own);
	slot_unbind(r, &meta);
	return flow;
}

void blocks_for(const Node *node, Visit *visit, void *to)
{
	ForBody *f = node->body;
	visit(to, &f->block, false);
	visit(to, &f->none, false);
}

void blocks_tablerow(const Node *node, Visit *visit, void *to)
{
	visit(to, &((ForBody *)node->body)->block, false);
}

/* break = "{% break %}" ; continue = "{% continue %}" */
bool parse_break(Parser *p, Node *node)
{
	(void)node;
	return parse_end(p, &p->words);
}
bool parse_continue(Parser *p, Node *node)
{
	return parse_break(p, node);
}
Flow render_break(LiquidRender *r, const Node *node)
{
	(void)r, (void)node;
	return FLOW_BREAK;
}
Flow render_continue(LiquidRender *r, const Node *node)
{
	(void)r, (void)node;
	return FLOW_CONTINUE;
}

/* ---- ifchanged ---- */

/* ifchanged = "{% ifchanged %}" block "{% endifchanged %}" */
bool parse_ifchanged(Parser *p, Node *node)
{
	Block *b = NEW(p->arena, Block);
	node->body = b;
	parse_block(p, b, "endifchanged");
	return true;
}

Flow render_ifchanged(LiquidRender *r, const Node *node)
{
	size_t start = r->out->n;
	Flow flow = render_block(r, node->body);
	Str now = str_n(r->out->p + start, r->out->n - start);
	if (r->changed.kind == V_STR && str_eq(value_as_str(r->changed), now))
		r->out->n = start;
	else
		r->changed = value_str(str_dup(r->arena, now));
	return flow;
}

void blocks_ifchanged(const Node *node, Visit *visit, void *to)
{
	visit(to, node->body, false);
}

/* ---- cycle ---- */

typedef struct CycleBody {
	const Expr *group; /* NULL: the values name it */
	const Expr **values;
	uint32_t n;
	bool own; /* values that are variables: this tag counts by itself */
	Str key;
} CycleBody;

/* cycle = "{% cycle" (expression ":")? expression ("," expression)* "%}" */
bool parse_cycle(Parser *p, Node *node)
{
	CycleBody *c = NEW(p->arena, CycleBody);
	Words w = p->words;
	Buf key = {0};
	bool good = true;
	do {
		const Expr *e = parse_expr(p, &w);
		if (!(good = e != NULL))
			break;
		if (!c->group && !c->n && words_take(&w, T_COLON)) {
			c->group = e;
			if (!(good = (e = parse_expr(p, &w)) != NULL))
				break;
		}
		c->own = c->own || e->kind != E_LITERAL;
		c->values = arena_grow(p->arena, c->values, c->n, c->n + 1, sizeof(void *));
		c->values[c->n++] = e;
		buf_puts(&key, str_n(p->text.p + e->at, e->len));
		buf_putc(&key, ',');
	} while (words_take(&w, T_COMMA) && w.token.kind != T_END);
	c->key = str_dup(p->arena, buf_str(&key));
	buf_release(&key);
	node->body = c;
	return good && parse_end(p, &w);
}

Flow render_cycle(LiquidRender *r, const Node *node)
{
	const CycleBody *c = node->body;
	static const char named, unnamed;
	r->quiet++;
	Mark *m = c->group ? mark_of(r, &named, eval(r, c->group)) : c->own ? mark_of(r, c, NIL) : mark_of(r, &unnamed, value_str(c->key));
	r->quiet--;
	bool good = m->n >= c->n || emit(r, eval(r, c->values[m->n]), (Sink)node->sink, c->own ? 0 : IN_CODE);
	m->n = m->n + 1 >= c->n ? 0 : m->n + 1;
	return good ? FLOW_ON : FLOW_STOP;
}
