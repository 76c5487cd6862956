/* liquid/parse_expr: expressions, filter chains and conditions. Recursive descent; the rule stands above
 * each function. A function that meets a fault reports it and returns NULL. */
#include "liquid/tree.h"

#include "liquid/filters.h"

enum { EXPR_DEPTH = 100 };

static const char *token_words[] = {
	[T_END] = "the end",
	[T_NAME] = "a name",
	[T_NUMBER] = "a number",
	[T_STRING] = "a text in quotes",
	[T_DOT] = "'.'",
	[T_DOTDOT] = "'..'",
	[T_COLON] = "':'",
	[T_COMMA] = "','",
	[T_PIPE] = "'|'",
	[T_OPEN] = "'('",
	[T_CLOSE] = "')'",
	[T_OPEN_SQUARE] = "'['",
	[T_CLOSE_SQUARE] = "']'",
	[T_COMPARE] = "a comparison",
	[T_EQUALS] = "'='",
	[T_OTHER] = "",
};

static Str found_text(Parser *p, Token t)
{
	Str s = token_text(p, t);
	if (t.kind == T_END)
		return S("nothing more");
	return str_printf(p->arena, "'%.*s'", STR_ARG(s));
}

static void *expected(Parser *p, Words *w, const char *what)
{
	Token t = w->token;
	Str found = found_text(p, t);
	char c = t.kind == T_OTHER ? p->text.p[t.at] : 0;
	Str hint = c == '"' || c == '\''                                   ? S("the quote is not closed")
		: c == '+' || c == '*' || c == '-' || c == '/' || c == '%' ? S("sums are filters: plus, minus, times, divided_by, modulo")
		: c == '&'                                                 ? S("write `and`")
		: c == '!'                                                 ? S("use `unless`, or compare: a == false")
									   : (Str){0};
	faultf(p, t.at, t.len, hint, "expected %s, found %.*s", what, STR_ARG(found));
	return NULL;
}

bool parse_end(Parser *p, Words *w)
{
	if (w->token.kind == T_END)
		return true;
	expected(p, w, "the end");
	return false;
}

static bool expect(Parser *p, Words *w, TokenKind kind)
{
	if (words_take(w, kind))
		return true;
	expected(p, w, token_words[kind]);
	return false;
}

static Expr *expr_new(Parser *p, ExprKind kind, uint32_t at)
{
	Expr *e = NEW(p->arena, Expr);
	e->kind = kind;
	e->at = at;
	return e;
}

static Expr *expr_done(const Words *w, Expr *e)
{
	/* up to the end of the last token taken: the next one begins behind it, white space between */
	uint32_t end = w->token.at;
	while (end > e->at &&
		(w->parser->text.p[end - 1] == ' ' || (w->parser->text.p[end - 1] >= '\t' && w->parser->text.p[end - 1] <= '\r')))
		end--;
	e->len = end - e->at;
	return e;
}

static uint8_t command_of(Str name)
{
	return str_eq(name, S("size"))     ? STEP_SIZE
		: str_eq(name, S("first")) ? STEP_FIRST
		: str_eq(name, S("last"))  ? STEP_LAST
					   : STEP_PLAIN;
}

/* step = "." name | "[" expression "]" */
static bool parse_step(Parser *p, Words *w, Step *step)
{
	if (words_take(w, T_DOT)) {
		if (w->token.kind != T_NAME)
			return expected(p, w, "a name behind the dot") != NULL;
		step->name = token_text(p, words_next(w));
		step->command = command_of(step->name);
		return true;
	}
	words_next(w);
	const Expr *index = parse_expr(p, w);
	if (!index || !expect(p, w, T_CLOSE_SQUARE))
		return false;
	if (index->kind == E_LITERAL && index->literal.kind == V_STR)
		step->name = value_as_str(index->literal);
	else
		step->index = index;
	return true;
}

/* variable = (name | "[" expression "]") step* */
static const Expr *parse_variable(Parser *p, Words *w)
{
	Expr *e = expr_new(p, E_VAR, w->token.at);
	if (w->token.kind == T_OPEN_SQUARE) {
		words_next(w);
		const Expr *root = parse_expr(p, w);
		if (!root || !expect(p, w, T_CLOSE_SQUARE))
			return NULL;
		if (root->kind == E_LITERAL && root->literal.kind == V_STR)
			e->var.symbol = symbol_of(p->engine, value_as_str(root->literal));
		else
			e->var.root = root;
	} else {
		e->var.symbol = symbol_of(p->engine, token_text(p, words_next(w)));
	}
	if (!e->var.root && !e->var.symbol) {
		fault(p, e->at, 1, S("more than 65,535 different names of variables"), (Str){0});
		return NULL;
	}
	Step *steps = NULL;
	uint32_t cap = 0;
	while (w->token.kind == T_DOT || w->token.kind == T_OPEN_SQUARE) {
		ARENA_ROOM(p->arena, steps, e->var.n, cap);
		if (!parse_step(p, w, &steps[e->var.n++]))
			return NULL;
	}
	e->var.steps = steps;
	return expr_done(w, e);
}

/* literal = "nil" | "null" | "true" | "false" | "blank" | "empty"; one of these before . or [ is a variable */
static bool literal_name(Words *w, Value *v)
{
	static const struct {
		Str name;
		Value value;
	} names[] = {
		{STR_INIT("nil"), {0}},
		{STR_INIT("null"), {0}},
		{STR_INIT("true"), {.kind = V_BOOL, .b = true}},
		{STR_INIT("false"), {.kind = V_BOOL}},
		{STR_INIT("blank"), {.kind = V_BLANK}},
		{STR_INIT("empty"), {.kind = V_EMPTY}},
	};
	Str s = token_text(w->parser, w->token);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(s, names[i].name)) {
			uint8_t next = words_peek(w).kind;
			*v = names[i].value;
			return next != T_DOT && next != T_OPEN_SQUARE;
		}
	return false;
}

/* range = "(" expression ".." expression ")" */
static const Expr *parse_range(Parser *p, Words *w)
{
	Expr *e = expr_new(p, E_RANGE, w->token.at);
	words_next(w);
	if (!(e->range.from = parse_expr(p, w)))
		return NULL;
	if (w->token.kind != T_DOTDOT) {
		faultf(p, e->at, 1, S("Liquid has no brackets for conditions; nest `if` tags instead"),
			"expected '..' in a range such as (1..5), found %.*s", STR_ARG(found_text(p, w->token)));
		return NULL;
	}
	words_next(w);
	if (!(e->range.to = parse_expr(p, w)) || !expect(p, w, T_CLOSE))
		return NULL;
	return expr_done(w, e);
}

static const Expr *parse_literal(Parser *p, Words *w, Value v)
{
	Expr *e = expr_new(p, E_LITERAL, w->token.at);
	e->len = w->token.len;
	e->literal = v;
	words_next(w);
	return e;
}

/* expression = literal | number | string | range | variable */
const Expr *parse_expr(Parser *p, Words *w)
{
	Token t = w->token;
	Str s = token_text(p, t);
	Value v = NIL;
	const Expr *e = NULL;
	if (++p->brackets > EXPR_DEPTH) {
		fault(p, t.at, t.len, S("brackets are nested more than 100 deep"), (Str){0});
		p->brackets--;
		return NULL;
	}
	switch (t.kind) {
	case T_NAME: e = literal_name(w, &v) ? parse_literal(p, w, v) : parse_variable(p, w); break;
	case T_OPEN_SQUARE: e = parse_variable(p, w); break;
	case T_NUMBER: e = parse_literal(p, w, number_of_text(s)); break;
	case T_STRING: e = parse_literal(p, w, literal_text(str_n(s.p + 1, s.n - 2))); break;
	case T_OPEN: e = parse_range(p, w); break;
	default: e = expected(p, w, "a value");
	}
	p->brackets--;
	return e;
}

/* named = name ":" expression */
static bool named_ahead(Words *w)
{
	return w->token.kind == T_NAME && words_peek(w).kind == T_COLON;
}

typedef struct Args {
	const Expr **list;
	NamedArg *named;
	uint8_t n, n_named;
} Args;

static bool add_named(Parser *p, Words *w, NamedArg **named, uint8_t *n)
{
	Token name = words_next(w);
	words_next(w);
	const Expr *value = parse_expr(p, w);
	if (!value)
		return false;
	if (*n == UINT8_MAX) {
		fault(p, name.at, name.len, S("more than 255 arguments"), (Str){0});
		return false;
	}
	*named = arena_grow(p->arena, *named, *n, *n + 1u, sizeof **named);
	(*named)[(*n)++] = (NamedArg){token_text(p, name), value, symbol_of(p->engine, token_text(p, name))};
	return true;
}

/* arguments = argument ("," argument)* ; argument = named | expression */
static bool parse_args(Parser *p, Words *w, Args *a)
{
	do {
		if (named_ahead(w)) {
			if (!add_named(p, w, &a->named, &a->n_named))
				return false;
			continue;
		}
		const Expr *e = parse_expr(p, w);
		if (!e)
			return false;
		if (a->n == UINT8_MAX) {
			fault(p, e->at, e->len, S("more than 255 arguments"), (Str){0});
			return false;
		}
		a->list = arena_grow(p->arena, a->list, a->n, a->n + 1u, sizeof(void *));
		a->list[a->n++] = e;
	} while (words_take(w, T_COMMA));
	return true;
}

/* (","? named)* ; a comma at the end is forgiven */
bool parse_named(Parser *p, Words *w, const NamedArg **args, uint8_t *n)
{
	NamedArg *list = NULL;
	*n = 0;
	while (words_take(w, T_COMMA) || w->token.kind == T_NAME) {
		if (w->token.kind == T_END)
			break;
		if (!named_ahead(w)) {
			expected(p, w, "an argument such as title: page.title");
			return false;
		}
		if (!add_named(p, w, &list, n))
			return false;
	}
	*args = list;
	return true;
}

static void unknown_filter(Parser *p, Token t)
{
	Str near = filter_nearest(p->engine, token_text(p, t)), hint = {0};
	if (near.n)
		hint = str_printf(p->arena, "did you mean `%.*s`?", STR_ARG(near));
	faultf(p, t.at, t.len, hint, "there is no filter `%.*s`", STR_ARG(token_text(p, t)));
}

static bool keyword_known(const char *keywords, Str name)
{
	if (!keywords || *keywords == '*')
		return keywords != NULL;
	for (Str rest = str_of(keywords); rest.n;)
		if (str_eq(str_cut(&rest, ' '), name))
			return true;
	return false;
}

static bool check_args(Parser *p, const LiquidFilter *f, const Args *a, Token name)
{
	for (uint8_t i = 0; i < a->n_named; i++)
		if (!keyword_known(f->keywords, a->named[i].name)) {
			faultf(p, name.at, name.len, f->keywords ? str_printf(p->arena, "it knows %s", f->keywords) : (Str){0},
				"`%.*s` takes no argument named `%.*s`", STR_ARG(f->name), STR_ARG(a->named[i].name));
			return false;
		}
	if (a->n >= f->min && a->n <= f->max)
		return true;
	Str hint = f->example ? str_printf(p->arena, "for instance %s", f->example) : (Str){0};
	const char *few = a->n < f->min ? "at least" : "at most";
	unsigned count = a->n < f->min ? f->min : f->max;
	if (f->max == 0)
		faultf(p, name.at, name.len, hint, "`%.*s` takes no arguments, but has %u", STR_ARG(f->name), a->n);
	else
		faultf(p, name.at, name.len, hint, "`%.*s` takes %s %u argument%s, but has %u", STR_ARG(f->name),
			f->min == f->max ? "exactly" : few, count, count == 1 ? "" : "s", a->n);
	return false;
}

static bool expr_pure(const Expr *e, uint32_t symbol, uint32_t site)
{
	if (e->kind == E_RANGE)
		return expr_pure(e->range.from, symbol, site) && expr_pure(e->range.to, symbol, site);
	if (e->kind == E_LITERAL)
		return true;
	if (e->var.root || (e->var.symbol != symbol && e->var.symbol != site))
		return false;
	for (uint32_t i = 0; i < e->var.n; i++)
		if (e->var.steps[i].index && !expr_pure(e->var.steps[i].index, symbol, site))
			return false;
	return true;
}

/* where_exp: "item", "item.year > 2020": both are literals, so that the expression is parsed once */
static const Lambda *parse_lambda(Parser *p, const LiquidFilter *f, const Args *a, Token name)
{
	if (a->n < 2 || a->list[0]->kind != E_LITERAL || a->list[1]->kind != E_LITERAL || a->list[0]->literal.kind != V_STR ||
		a->list[1]->literal.kind != V_STR) {
		faultf(p, name.at, name.len, str_printf(p->arena, "for instance %s", f->example),
			"`%.*s` takes a variable's name and an expression, both in quotes", STR_ARG(f->name));
		return NULL;
	}
	Lambda *l = NEW(p->arena, Lambda);
	l->symbol = symbol_of(p->engine, value_as_str(a->list[0]->literal));
	Words w = words_of(p, a->list[1]->at + 1, a->list[1]->at + a->list[1]->len - 1);
	if (!(l->cond = parse_cond(p, &w)) || !parse_end(p, &w))
		return NULL;
	uint32_t site = symbol_of(p->engine, S("site"));
	l->pure = true;
	for (const Cond *c = l->cond; c; c = c->next)
		l->pure = l->pure && expr_pure(c->left, l->symbol, site) && (!c->right || expr_pure(c->right, l->symbol, site));
	return l;
}

/* filter = "|" name (":" arguments)? */
static bool parse_filter(Parser *p, Words *w, FilterUse *use)
{
	if (w->token.kind != T_NAME)
		return expected(p, w, "the name of a filter") != NULL;
	Token name = words_next(w);
	Args args = {0};
	if (words_take(w, T_COLON) && !parse_args(p, w, &args))
		return false;
	const LiquidFilter *f = filter_find(p->engine, token_text(p, name));
	if (!f) {
		unknown_filter(p, name);
		return false;
	}
	if (!check_args(p, f, &args, name))
		return false;
	*use = (FilterUse){
		.filter = f, .args = args.list, .named = args.named, .n = args.n, .n_named = args.n_named, .at = name.at, .len = name.len};
	return !(f->flags & LIQUID_LAMBDA) || (use->lambda = parse_lambda(p, f, &args, name));
}

static uint16_t count_pure(const FilterUse *f, uint16_t n)
{
	uint16_t i = 0;
	while (i < n && (f[i].filter->flags & LIQUID_PURE) && !f[i].n_named && (!f[i].lambda || f[i].lambda->pure))
		i++;
	return i;
}

/* chain = expression filter* */
const Chain *parse_chain(Parser *p, Words *w)
{
	Chain *c = NEW(p->arena, Chain);
	FilterUse *filters = NULL;
	uint32_t cap = 0;
	bool good = true;
	c->at = w->token.at;
	c->in = p->template;
	if (!(c->head = parse_expr(p, w)))
		return NULL;
	while (good && words_take(w, T_PIPE)) {
		ARENA_ROOM(p->arena, filters, c->n, cap);
		good = parse_filter(p, w, &filters[c->n]) && ++c->n < UINT16_MAX;
	}
	if (!good)
		return NULL;
	c->filters = filters;
	c->pure = filters && !p->once ? count_pure(filters, c->n) : 0;
	c->defaulted = filters && c->n && str_eq(filters[0].filter->name, S("default"));
	c->len = w->token.at - c->at;
	c->text = str_trim(str_n(p->text.p + c->at, c->len));
	c->len = (uint32_t)c->text.n;
	return c;
}

static bool compare_of(Words *w, uint8_t *op)
{
	if (w->token.kind == T_COMPARE) {
		*op = w->token.op;
		words_next(w);
		return true;
	}
	*op = C_CONTAINS;
	return words_take_name(w, S("contains"));
}

/* comparison = expression ((compare | "contains") expression)? */
static Cond *parse_comparison(Parser *p, Words *w)
{
	Cond *c = NEW(p->arena, Cond);
	c->at = w->token.at;
	if (!(c->left = parse_expr(p, w)))
		return NULL;
	if (w->token.kind == T_EQUALS) {
		fault(p, w->token.at, 1, S("a single '=' compares nothing"), S("write =="));
		return NULL;
	}
	if (w->token.kind == T_NAME && str_eq(str_n(p->text.p + c->left->at, c->left->len), S("not"))) {
		fault(p, c->left->at, 3, S("Liquid knows no `not`"), S("use `unless`, or compare: a == false"));
		return NULL;
	}
	if (compare_of(w, &c->op)) {
		if (!(c->right = parse_expr(p, w)))
			return NULL;
	} else {
		c->op = C_TRUE;
	}
	c->len = (c->right ? c->right->at + c->right->len : c->left->at + c->left->len) - c->at;
	return c;
}

/* condition = comparison (("and" | "or") comparison)*    leaning to the right: a and (b or c) */
const Cond *parse_cond(Parser *p, Words *w)
{
	Cond *first = parse_comparison(p, w), *last = first;
	while (last && (words_is_name(w, S("and")) || words_is_name(w, S("or")))) {
		last->join = words_is_name(w, S("and")) ? JOIN_AND : JOIN_OR;
		words_next(w);
		Cond *next = parse_comparison(p, w);
		last->next = next;
		last = next;
	}
	return last ? first : NULL;
}
