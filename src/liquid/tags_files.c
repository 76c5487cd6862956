/* liquid/tags_files: tags that bring in another file.
 *
 *   include 'name', a: b        Shopify's: the file sees everything, and a
 *   include name.html a=b       Jekyll's: the file sees everything, and include.a
 *   render  'name', a: b        the file sees the globals and a, nothing else
 *
 * A name written in the layout is found while it is parsed; one that is computed, while it is rendered. */
#include "liquid/tags.h"

typedef struct FileBody {
	LiquidKind kind;
	const LiquidTemplate *target; /* NULL: by name while rendering */
	const Expr *name;             /* Shopify's computed name */
	Block words;                  /* Jekyll's, with outputs in it */
	const Expr *with;
	const NamedArg *args;
	uint8_t n_args;
	bool each, jekyll;
	uint32_t symbol;  /* what `with` and `for` bind; 0: by the file's name */
	uint32_t at, len; /* of the name */
} FileBody;

static Str base_name(Str name)
{
	size_t slash = str_rfind_char(name, '/');
	return slash == SIZE_MAX ? name : str_from(name, slash + 1);
}

static Str without_ending(Str name)
{
	size_t dot = str_rfind_char(name, '.');
	return dot == SIZE_MAX ? name : str_upto(name, dot);
}

static Str missing_hint(Liquid *l, LiquidKind kind, Str name, Arena *arena)
{
	const Str *names = NULL;
	size_t n = l->host.names ? l->host.names(l->host.user, kind, &names) : 0;
	Str near = n ? nearest_name(name, names, n) : (Str){0};
	return near.n ? str_printf(arena, "did you mean '%.*s'?", STR_ARG(near)) : (Str){0};
}

static void resolve(Parser *p, FileBody *f, Str name)
{
	f->target = template_find(p->engine, f->kind, name, p->template->file, p->diags);
	if (f->target->state == TEMPLATE_MISSING)
		faultf(p, f->at, f->len, missing_hint(p->engine, f->kind, name, p->arena), "there is no file '%.*s' to include",
			STR_ARG(name));
}

/* More words of a name: text with {{ outputs }}. */
bool parse_words(Parser *p, uint32_t from, uint32_t to, Block *b)
{
	while (from < to) {
		size_t open = str_find(str_n(p->text.p + from, to - from), S("{{"));
		uint32_t end = open == SIZE_MAX ? to : from + (uint32_t)open;
		if (end > from)
			block_add(p, b,
				(Node){.kind = NODE_TEXT, .text = str_n(p->text.p + from, end - from), .at = from, .len = end - from});
		if (end == to)
			return true;
		size_t close = str_find(str_n(p->text.p + end, to - end), S("}}"));
		if (close == SIZE_MAX) {
			fault(p, end, 2, S("'{{' is not closed by '}}'"), (Str){0});
			return false;
		}
		Words w = words_of(p, end + 2, end + (uint32_t)close);
		Node n = {.kind = NODE_OUTPUT, .at = end, .len = (uint32_t)close + 2};
		if (!(n.chain = parse_chain(p, &w)) || !parse_end(p, &w))
			return false;
		block_add(p, b, n);
		from = end + (uint32_t)close + 2;
	}
	return true;
}

Str render_words(LiquidRender *r, const Block *b)
{
	if (b->n == 1 && b->nodes[0].kind == NODE_TEXT)
		return b->nodes[0].text;
	Buf text = {0};
	for (uint32_t i = 0; i < b->n; i++)
		if (b->nodes[i].kind == NODE_TEXT)
			buf_puts(&text, b->nodes[i].text);
		else
			put_text(r, &text, eval_chain(r, b->nodes[i].chain));
	Str s = str_dup(r->arena, buf_str(&text));
	buf_release(&text);
	return s;
}

/* Where Jekyll's unquoted name ends: at white space outside {{ }}. */
static uint32_t end_of_file_name(const Parser *p, uint32_t at, uint32_t end)
{
	bool inside = false;
	for (; at < end; at++) {
		if (at + 1 < end && p->text.p[at] == '{' && p->text.p[at + 1] == '{')
			inside = true;
		if (at >= 2 && p->text.p[at - 2] == '}' && p->text.p[at - 1] == '}')
			inside = false;
		if (!inside && (p->text.p[at] == ' ' || (p->text.p[at] >= '\t' && p->text.p[at] <= '\r')))
			break;
	}
	return at;
}

static bool is_file_name(Str name)
{
	static const Str endings[] = {STR_INIT(".html"), STR_INIT(".liquid"), STR_INIT(".xml"), STR_INIT(".md"), STR_INIT(".svg"),
		STR_INIT(".txt"), STR_INIT(".css"), STR_INIT(".js"), STR_INIT(".json"), STR_INIT(".htm"), STR_INIT(".markdown")};
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (str_ends(name, endings[i]))
			return true;
	return str_find_char(name, '/') != SIZE_MAX || str_find(name, S("{{")) != SIZE_MAX;
}

/* parameters = (name "=" expression)* */
static bool parse_parameters(Parser *p, Words *w, FileBody *f)
{
	NamedArg *args = NULL;
	while (w->token.kind == T_NAME) {
		Token name = words_next(w);
		if (!words_take(w, T_EQUALS)) {
			faultf(p, name.at, name.len, S("for instance {% include card.html title=page.title %}"),
				"expected '=' behind `%.*s`", STR_ARG(token_text(p, name)));
			return false;
		}
		const Expr *value = parse_expr(p, w);
		if (!value)
			return false;
		args = arena_grow(p->arena, args, f->n_args, f->n_args + 1u, sizeof *args);
		args[f->n_args++] = (NamedArg){token_text(p, name), value, 0};
		if (f->n_args == UINT8_MAX)
			break;
	}
	f->args = args;
	return parse_end(p, w);
}

/* include = "{% include" file-name parameters "%}" */
static bool parse_jekyll(Parser *p, FileBody *f, uint32_t from, uint32_t end)
{
	f->jekyll = true;
	f->at = from;
	f->len = end - from;
	if (!parse_words(p, from, end, &f->words))
		return false;
	if (f->words.n == 1 && f->words.nodes[0].kind == NODE_TEXT)
		resolve(p, f, f->words.nodes[0].text);
	Words w = words_of(p, end, p->words.end);
	return parse_parameters(p, &w, f);
}

/* more = (("with" | "for") expression)? ("as" name)? (","? name ":" expression)* */
static bool parse_more(Parser *p, Words *w, FileBody *f)
{
	bool each = words_is_name(w, S("for"));
	if ((each || words_is_name(w, S("with"))) && words_peek(w).kind != T_COLON) {
		words_next(w);
		f->each = each;
		if (!(f->with = parse_expr(p, w)))
			return false;
	}
	if (words_is_name(w, S("as")) && words_peek(w).kind != T_COLON) {
		words_next(w);
		if (w->token.kind != T_NAME) {
			fault(p, w->token.at, w->token.len, S("expected a variable's name behind `as`"), (Str){0});
			return false;
		}
		f->symbol = symbol_of(p->engine, token_text(p, words_next(w)));
	}
	return parse_named(p, w, &f->args, &f->n_args) && parse_end(p, w);
}

static bool parse_file(Parser *p, Node *node, LiquidKind kind)
{
	FileBody *f = NEW(p->arena, FileBody);
	Words w = p->words;
	uint32_t from = w.token.at, end = end_of_file_name(p, from, w.end);
	*f = (FileBody){.kind = kind, .at = from, .len = w.token.len};
	node->body = f;
	if (w.token.kind == T_END) {
		faultf(p, node->at, node->len, S("for instance {% include 'card', title: page.title %}"), "`%.*s` needs the name of a file",
			STR_ARG(p->tag));
		return false;
	}
	if (w.token.kind != T_STRING && (kind == LIQUID_RELATIVE || is_file_name(str_n(p->text.p + from, end - from))))
		return parse_jekyll(p, f, from, end);
	if (!(f->name = parse_expr(p, &w)))
		return false;
	f->len = f->name->len;
	if (f->name->kind == E_LITERAL && f->name->literal.kind == V_STR) {
		resolve(p, f, value_as_str(f->name->literal));
		if (!f->symbol)
			f->symbol = symbol_of(p->engine, base_name(without_ending(value_as_str(f->name->literal))));
	}
	return parse_more(p, &w, f);
}

/* include = "{% include" expression more "%}" */
bool parse_include(Parser *p, Node *node)
{
	return parse_file(p, node, LIQUID_INCLUDE);
}
bool parse_include_relative(Parser *p, Node *node)
{
	return parse_file(p, node, LIQUID_RELATIVE);
}

/* render = "{% render" string more "%}" */
bool parse_render(Parser *p, Node *node)
{
	if (p->words.token.kind != T_STRING) {
		fault(p, node->at, node->len, S("`render` needs the name of a file in quotes"),
			S("for instance {% render 'card', title: page.title %}"));
		return false;
	}
	return parse_file(p, node, LIQUID_INCLUDE);
}

/* plugin = "{% seo %}" | "{% feed_meta %}" : the file of that name, where there is one */
bool parse_plugin(Parser *p, Node *node)
{
	FileBody *f = NEW(p->arena, FileBody);
	*f = (FileBody){.kind = LIQUID_INCLUDE, .at = node->at, .len = node->len};
	f->target = template_find(p->engine, f->kind, p->tag, p->template->file, p->diags);
	node->body = f;
	if (f->target->state != TEMPLATE_MISSING)
		return true;
	unknown_tag(p, p->tag, node->at);
	return false;
}

/* The file meant, or NULL after a message. */
static const LiquidTemplate *target_of(LiquidRender *r, const FileBody *f)
{
	const LiquidTemplate *t = f->target;
	if (!t) {
		Value name = f->jekyll ? value_str(render_words(r, &f->words)) : eval(r, f->name);
		if (name.kind != V_STR) {
			fail_at(r, f->at, f->len, S("the name of a file is wanted here, and this is empty or no text"),
				S("write the file's name in quotes"));
			return NULL;
		}
		Str s = value_as_str(name);
		t = template_find(r->engine, f->kind, s, r->call->template->file, r->job->diags);
		if (t->state == TEMPLATE_MISSING) {
			fail_at(r, f->at, f->len, str_printf(r->arena, "there is no file '%.*s' to include", STR_ARG(s)),
				missing_hint(r->engine, f->kind, s, r->arena));
			return NULL;
		}
	}
	if (t->state == TEMPLATE_LOADING) { /* files that include each other: one is seen before the other, for a moment */
		pthread_mutex_lock(&r->engine->lock);
		pthread_mutex_unlock(&r->engine->lock);
	}
	if (t->state == TEMPLATE_FAULTY) {
		r->budget->failed = true; /* said when it was parsed */
		return NULL;
	}
	return t;
}

static uint32_t symbol_for(LiquidRender *r, const FileBody *f, const LiquidTemplate *t)
{
	if (f->symbol)
		return f->symbol;
	pthread_mutex_lock(&r->engine->lock);
	uint32_t symbol = symbol_of(r->engine, base_name(without_ending(t->name)));
	pthread_mutex_unlock(&r->engine->lock);
	return symbol;
}

/* include with a value: the file sees it by its own name; once for each item of a list. */
static Flow include_each(LiquidRender *r, const Node *node, const FileBody *f, const LiquidTemplate *t, Value with)
{
	uint32_t symbol = symbol_for(r, f, t);
	Value list = with.kind == V_LIST ? with : value_list(&with, 1);
	Binding own;
	Flow flow = FLOW_ON;
	slot_bind(r, &own, symbol);
	for (uint32_t i = 0; i < list.n && flow == FLOW_ON; i++) {
		if (!spend(r, 1))
			return FLOW_STOP;
		slot_at(r, symbol)->value = list.list[i];
		flow = render_template(r, t, node);
	}
	slot_unbind(r, &own);
	return flow;
}

static Flow render_target(LiquidRender *r, const Node *node, const FileBody *f, const LiquidTemplate *t, Value with, bool bound)
{
	uint8_t sink = r->sink;
	if (node->sink != SINK_TEXT)
		r->sink = node->sink;
	Flow flow = bound ? include_each(r, node, f, t, with) : render_template(r, t, node);
	r->sink = sink;
	return flow;
}

static Flow include_jekyll(LiquidRender *r, const Node *node, const FileBody *f, const LiquidTemplate *t)
{
	MapMaker map = {.arena = r->arena};
	for (uint8_t i = 0; i < f->n_args; i++)
		map_put(&map, f->args[i].name, eval(r, f->args[i].value));
	Binding own;
	slot_bind(r, &own, SYMBOL_INCLUDE);
	slot_at(r, SYMBOL_INCLUDE)->value = f->n_args ? map_seal(&map) : NIL;
	Flow flow = render_target(r, node, f, t, NIL, false);
	slot_unbind(r, &own);
	return flow;
}

static Value *eval_args(LiquidRender *r, const FileBody *f)
{
	Value *values = NEW_N(r->arena, Value, f->n_args);
	for (uint8_t i = 0; i < f->n_args; i++)
		values[i] = eval(r, f->args[i].value);
	return values;
}

Flow render_include(LiquidRender *r, const Node *node)
{
	const FileBody *f = node->body;
	if (r->isolated) {
		fail_at(r, 0, 0, S("a file that is rendered cannot include another, since that would see what it may not"),
			S("use `render` here too, or `include` the outer file"));
		return FLOW_ON;
	}
	const LiquidTemplate *t = target_of(r, f);
	if (!t)
		return r->budget->stopped ? FLOW_STOP : FLOW_ON;
	if (f->jekyll)
		return include_jekyll(r, node, f, t);
	bool bound = f->with != NULL;
	Value with = f->with ? eval(r, f->with) : NIL;
	Binding *list = NEW_N(r->arena, Binding, f->n_args);
	Value *values = eval_args(r, f);
	for (uint8_t i = 0; i < f->n_args; i++) {
		slot_bind(r, &list[i], f->args[i].symbol);
		slot_at(r, f->args[i].symbol)->value = values[i];
	}
	Flow flow = render_target(r, node, f, t, with, bound);
	for (uint8_t i = f->n_args; i-- > 0;)
		slot_unbind(r, &list[i]);
	return flow;
}

/* The file alone with the globals, its arguments and one item. */
static Flow render_alone(
	LiquidRender *r, const Node *node, const FileBody *f, const LiquidTemplate *t, const Value *args, Value with, Loop *loop)
{
	LiquidRender inner = *r;
	inner.slots = NEW_N(r->arena, Slot, r->n_slots);
	inner.loop = NULL;
	inner.marks = NULL;
	inner.changed = NIL;
	inner.isolated = true;
	inner.sink = node->sink != SINK_TEXT ? node->sink : r->sink;
	for (uint8_t i = 0; i < f->n_args; i++)
		set_local(&inner, f->args[i].symbol, args[i]);
	if (with.kind != V_NIL)
		set_local(&inner, symbol_for(r, f, t), with);
	if (loop)
		set_local(&inner, SYMBOL_FORLOOP, value_object(&loop->object));
	return render_template(&inner, t, node);
}

Flow render_render(LiquidRender *r, const Node *node)
{
	const FileBody *f = node->body;
	const LiquidTemplate *t = target_of(r, f);
	if (!t)
		return r->budget->stopped ? FLOW_STOP : FLOW_ON;
	Value *args = eval_args(r, f), with = f->with ? eval(r, f->with) : NIL;
	if (!f->each || (with.kind != V_LIST && with.kind != V_RANGE))
		return render_alone(r, node, f, t, args, with, NULL) == FLOW_STOP ? FLOW_STOP : FLOW_ON;
	Value list = loop_items(r, with);
	Loop *loop = NEW(r->arena, Loop);
	*loop = (Loop){.object = {&loop_type}, .name = t->name, .length = list.n};
	for (uint32_t i = 0; i < list.n; i++) {
		loop->index = i;
		if (!spend(r, 1 + r->n_slots / 8) || render_alone(r, node, f, t, args, list.list[i], loop) == FLOW_STOP)
			return FLOW_STOP;
	}
	return FLOW_ON;
}
