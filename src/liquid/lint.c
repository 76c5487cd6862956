/* liquid/lint: follows the markup in a layout's own text, so that every output knows where it stands.
 *
 * The text goes through a small reading of HTML (WHATWG's tokeniser, less what layouts never write): text,
 * tags, attributes, comments, and the insides of script, style, textarea and title. Outputs are taken as text that
 * changes nothing. The branches of an `if` begin where it stands; what follows it goes on from the most dangerous one.
 *
 * Where an address stands, the output's scheme is checked when it is printed. In scripts, styles, event
 * handlers and values without quotes an output is refused unless a filter made for the place ends it. */
#include "liquid/filters.h"

typedef enum State {
	TEXT,
	TAG_OPEN,
	TAG_NAME,
	BEFORE_ATTR,
	ATTR_NAME,
	AFTER_NAME,
	BEFORE_VALUE,
	VALUE_DOUBLE,
	VALUE_SINGLE,
	VALUE_BARE,
	COMMENT,
	MARKUP_DECLARATION,
	RAW_TEXT
} State;

typedef enum Attr { ATTR_PLAIN, ATTR_ADDRESS, ATTR_SRCSET, ATTR_STYLE, ATTR_HANDLER } Attr;

typedef struct Lint {
	State state;
	Attr attr;
	bool started;  /* the value's literal text has got past where a scheme ends */
	bool named;    /* the attribute's name comes from an output */
	char value[16]; /* its literal text up to there */
	uint8_t n_value;
	bool output;   /* an output stands at the value's start */
	bool closing;  /* </ */
	char name[24]; /* of the tag */
	char word[24]; /* of the attribute, or of what may end a raw text */
	uint8_t n_name, n_word;
	char raw[12]; /* script, style, textarea, title: what ends it; empty elsewhere */
} Lint;

typedef struct Walk {
	Parser *p;
	Lint lint, entry;
	bool branched; /* a branch of the node has been through: its end state is kept */
	Lint after;
} Walk;

static bool among(const char *words, Str name)
{
	for (Str rest = str_of(words); rest.n;)
		if (str_eq(str_cut(&rest, ' '), name))
			return true;
	return false;
}

static void push(char *to, uint8_t *n, char c)
{
	if (*n < 23)
		to[(*n)++] = ascii_lower(c);
}

static Attr attr_of(const Lint *l)
{
	Str name = str_n(l->word, l->n_word);
	if (l->named && !str_starts(name, S("data-")) && !str_starts(name, S("aria-")))
		return ATTR_HANDLER; /* it may be any attribute, and its value code */
	if (among("href src action formaction cite poster data background ping longdesc usemap manifest xlink:href codebase classid "
		  "profile",
		    name))
		return ATTR_ADDRESS;
	if (among("srcset imagesrcset", name))
		return ATTR_SRCSET;
	if (str_eq(name, S("style")))
		return ATTR_STYLE;
	return (name.n > 2 && str_starts(name, S("on"))) || str_eq(name, S("srcdoc")) ? ATTR_HANDLER : ATTR_PLAIN;
}

static void begin_value(Lint *l, State state)
{
	l->state = state;
	l->attr = attr_of(l);
	l->started = l->output = l->named = false;
	l->n_value = 0;
}

/* A character of a value. Behind a scheme that runs code, the rest of the value is code. */
static void value_step(Lint *l, char c)
{
	if (l->started || ascii_is_space(c))
		return;
	if (l->n_value < sizeof l->value)
		l->value[l->n_value++] = ascii_lower(c);
	l->started = c == '/' || c == '?' || c == '#' || c == ':';
	if (c == ':' && l->attr == ATTR_ADDRESS && among("javascript: vbscript: data:", str_n(l->value, l->n_value)))
		l->attr = ATTR_HANDLER;
}

static void end_tag(Lint *l)
{
	Str name = str_n(l->name, l->n_name);
	l->state = TEXT;
	l->n_word = 0;
	if (l->closing || !among("script style textarea title", name))
		return;
	memcpy(l->raw, l->name, l->n_name);
	l->raw[l->n_name] = 0;
	l->state = RAW_TEXT;
}

/* In <script> and the like only their own end tag counts. */
static void raw_step(Lint *l, char c)
{
	if (c == '<') {
		l->n_word = 1;
	} else if (l->n_word == 1) {
		l->n_word = c == '/' ? 2 : 0;
	} else if (l->n_word >= 2) {
		if (ascii_lower(c) == l->raw[l->n_word - 2])
			l->n_word++;
		else
			l->n_word = 0;
		if (l->n_word >= 2 && !l->raw[l->n_word - 2]) {
			l->state = BEFORE_ATTR;
			l->closing = true;
			l->n_word = l->n_name = 0;
			*l->raw = 0;
		}
	}
}

static void attr_step(Lint *l, char c)
{
	switch (l->state) {
	case BEFORE_ATTR:
		if (c == '>') {
			end_tag(l);
		} else if (!ascii_is_space(c) && c != '/') {
			l->n_word = 0;
			l->named = false;
			push(l->word, &l->n_word, c);
			l->state = ATTR_NAME;
		}
		break;
	case ATTR_NAME:
	case AFTER_NAME:
		if (c == '>') {
			end_tag(l);
		} else if (c == '=') {
			l->state = BEFORE_VALUE;
		} else if (c == '/') {
			l->state = BEFORE_ATTR;
		} else if (ascii_is_space(c)) {
			l->state = AFTER_NAME;
		} else {
			if (l->state == AFTER_NAME)
				l->n_word = l->named = 0;
			l->state = ATTR_NAME;
			push(l->word, &l->n_word, c);
		}
		break;
	case BEFORE_VALUE:
		if (c == '"' || c == '\'')
			begin_value(l, c == '"' ? VALUE_DOUBLE : VALUE_SINGLE);
		else if (c == '>')
			end_tag(l);
		else if (!ascii_is_space(c)) {
			begin_value(l, VALUE_BARE);
			value_step(l, c);
		}
		break;
	case VALUE_BARE:
		if (c == '>')
			end_tag(l);
		else if (ascii_is_space(c))
			l->state = BEFORE_ATTR;
		value_step(l, c);
		break;
	default: /* a value in quotes */
		if (c == (l->state == VALUE_DOUBLE ? '"' : '\''))
			l->state = BEFORE_ATTR;
		else
			value_step(l, c);
	}
}

static void comment_step(Lint *l, char c)
{
	if (c == '-')
		l->n_word = l->n_word < 2 ? l->n_word + 1 : 2;
	else if (c == '>' && l->n_word == 2)
		l->state = TEXT;
	else
		l->n_word = 0;
}

static void tag_step(Lint *l, char c)
{
	switch (l->state) {
	case TEXT:
		if (c == '<')
			l->state = TAG_OPEN;
		break;
	case TAG_OPEN:
		l->closing = c == '/';
		l->n_name = l->n_word = 0;
		if (c == '!') {
			l->state = MARKUP_DECLARATION;
		} else if ((ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '/') {
			l->state = TAG_NAME;
			if (c != '/')
				push(l->name, &l->n_name, c);
		} else {
			l->state = c == '<' ? TAG_OPEN : TEXT;
		}
		break;
	case TAG_NAME:
		if (c == '>')
			end_tag(l);
		else if (ascii_is_space(c) || c == '/')
			l->state = BEFORE_ATTR;
		else
			push(l->name, &l->n_name, c);
		break;
	default: /* <! */
		if (c == '-' && ++l->n_word == 2) {
			l->state = COMMENT;
			l->n_word = 0;
		} else if (c == '>') {
			l->state = TEXT;
		}
	}
}

static void step(Lint *l, char c)
{
	if (l->state == RAW_TEXT)
		raw_step(l, c);
	else if (l->state == COMMENT)
		comment_step(l, c);
	else if (l->state >= BEFORE_ATTR && l->state <= VALUE_BARE)
		attr_step(l, c);
	else
		tag_step(l, c);
}

/* An address whose scheme comes from an output and whose colon from the layout: {{ x }}:... */
static void check_colon(Walk *w, const Node *n, size_t i)
{
	const Lint *l = &w->lint;
	if (n->text.p[i] == ':' && l->attr == ATTR_ADDRESS && l->output && !l->started &&
		(l->state == VALUE_DOUBLE || l->state == VALUE_SINGLE))
		fault(w->p, n->at + (uint32_t)i, 1, S("the scheme of an address cannot come from a value"),
			S("write it in the layout: href=\"https:{{ ... }}\""));
}

static void text_node(Walk *w, const Node *n)
{
	for (size_t i = 0; i < n->text.n; i++) {
		check_colon(w, n, i);
		step(&w->lint, n->text.p[i]);
	}
}

static Sink raw_sink(const Lint *l)
{
	Str raw = str_of(l->raw);
	return str_eq(raw, S("script")) ? SINK_SCRIPT : str_eq(raw, S("style")) ? SINK_STYLE : SINK_TEXT;
}

static Sink sink_of(const Lint *l)
{
	switch (l->state) {
	case TEXT: return SINK_TEXT;
	case RAW_TEXT: return raw_sink(l);
	case COMMENT:
	case MARKUP_DECLARATION: return SINK_COMMENT;
	case BEFORE_VALUE:
	case VALUE_BARE: return SINK_UNQUOTED;
	case VALUE_DOUBLE:
	case VALUE_SINGLE: break;
	case TAG_OPEN:
	case TAG_NAME: return SINK_TAG_NAME;
	default: return SINK_TAG;
	}
	switch (l->attr) {
	case ATTR_ADDRESS: return l->started ? SINK_ATTR : SINK_ADDRESS;
	case ATTR_SRCSET: return SINK_SRCSET;
	case ATTR_STYLE: return SINK_STYLE;
	case ATTR_HANDLER: return SINK_HANDLER;
	default: return SINK_ATTR;
	}
}

/* What the output may end in: literals and the numbers of a loop stand anywhere, else the last filter says. */
static uint8_t places(const Chain *c)
{
	const Expr *e = c->head;
	if (c->n)
		return c->filters[c->n - 1].filter->flags & IN_CODE;
	bool counter = e->kind == E_VAR && e->var.symbol == SYMBOL_FORLOOP && e->var.n == 1 && !str_eq(e->var.steps[0].name, S("name"));
	return e->kind == E_LITERAL || counter ? IN_CODE : 0;
}

static void refuse(Walk *w, const Node *n, Sink sink)
{
	static const struct {
		const char *place;
		const char *hint;
	} words[] = {
		[SINK_SCRIPT] = {"in a script", "end it with a filter made for scripts: | jsonify, or | number"},
		[SINK_STYLE] = {"in a style", "end it with a filter made for styles: | css_value, or | number"},
		[SINK_HANDLER] = {"in an attribute that runs as code",
			"end it with | jsonify, or | number; better, put the value in a data- attribute"},
		[SINK_TAG_NAME] = {"in the name of a tag", "end it with | number: <h{{ level | number }}>"},
		[SINK_UNQUOTED] = {"in an attribute without quotes",
			"put the value in quotes: class=\"{{ ... }}\"; or end it with | url_param, or | number"},
	};
	faultf(w->p, n->at, n->len, str_of(words[sink].hint), "a value stands %s, where escaping does not help; it is refused",
		words[sink].place);
}

static void output_node(Walk *w, Node *n)
{
	Sink sink = sink_of(&w->lint);
	n->sink = (uint8_t)sink;
	n->fits = places(n->chain);
	if (sink >= SINK_SCRIPT && !(n->fits & place_flag(sink)))
		refuse(w, n, sink);
	if (w->lint.state == BEFORE_VALUE)
		begin_value(&w->lint, VALUE_BARE);
	if (w->lint.state == AFTER_NAME || w->lint.state == BEFORE_ATTR)
		w->lint.n_word = 0;
	if (w->lint.state == ATTR_NAME || w->lint.state == AFTER_NAME || w->lint.state == BEFORE_ATTR) {
		w->lint.state = ATTR_NAME;
		w->lint.named = true;
	}
	if (w->lint.state == TAG_OPEN)
		w->lint.state = TAG_NAME;
	w->lint.output = true;
}

static void visit(void *to, Block *b, bool fresh);

static void walk(Walk *w, Block *b)
{
	for (uint32_t i = 0; i < b->n; i++) {
		Node *n = &b->nodes[i];
		if (n->kind == NODE_TEXT) {
			text_node(w, n);
		} else if (n->kind == NODE_OUTPUT) {
			output_node(w, n);
		} else {
			n->sink = (uint8_t)sink_of(&w->lint);
			if (!n->tag->blocks)
				continue;
			Walk inner = {.p = w->p, .entry = w->lint, .after = w->lint};
			n->tag->blocks(n, visit, &inner);
			w->lint = inner.after;
		}
	}
}

static void visit(void *to, Block *b, bool fresh)
{
	Walk *w = to, branch = {.p = w->p};
	if (!fresh)
		branch.lint = w->entry;
	walk(&branch, b);
	if (fresh || !b->n)
		return;
	/* what follows may follow any branch, or none: it stands in the most dangerous place, and an address is not
	 * known to have begun unless all of them began it */
	bool begun = branch.lint.started && (w->branched ? w->after.started : w->entry.state != branch.lint.state || w->entry.started);
	if (!w->branched || sink_of(&branch.lint) > sink_of(&w->after))
		w->after = branch.lint;
	w->after.started = begun;
	w->branched = true;
}

void lint_template(Parser *p, LiquidTemplate *t)
{
	Walk w = {.p = p};
	walk(&w, &t->body);
}
