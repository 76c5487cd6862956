/* A page's HTML as blocks, and a block's as tokens. The HTML is ours: tags are well-formed and quoted. */
#include "doc/redline_inner.h"

#include "lib/icu.h"

/* ---- Tags ---- */

typedef struct Mark { /* a tag in the HTML */
	Str whole, name;
	bool end;
} Mark;

static size_t read_mark(Str s, size_t at, Mark *m)
{
	size_t i = at + 1;
	m->end = i < s.n && s.p[i] == '/';
	i += m->end;
	size_t from = i;
	while (i < s.n && (byte_class[(unsigned char)s.p[i]] & B_WORD))
		i++;
	m->name = str_n(s.p + from, i - from);
	for (char quote = 0; i < s.n && (quote || s.p[i] != '>'); i++)
		if (s.p[i] == '"')
			quote = quote ? 0 : '"';
	i += i < s.n;
	m->whole = str_n(s.p + at, i - at);
	return i;
}

typedef enum Manner { INLINE, VOID_INLINE, BLOCK_ELEMENT, BLOCK_RULE, SKIPPED } Manner;

static Manner manner_of(Str name)
{
	static const struct { Str name; Manner manner; } table[] = {
		{STR_INIT("address"), BLOCK_ELEMENT}, {STR_INIT("article"), BLOCK_ELEMENT}, {STR_INIT("aside"), BLOCK_ELEMENT},
		{STR_INIT("audio"), BLOCK_ELEMENT}, {STR_INIT("blockquote"), BLOCK_ELEMENT}, {STR_INIT("br"), VOID_INLINE},
		{STR_INIT("caption"), BLOCK_ELEMENT}, {STR_INIT("col"), SKIPPED}, {STR_INIT("colgroup"), SKIPPED}, {STR_INIT("dd"), BLOCK_ELEMENT},
		{STR_INIT("details"), BLOCK_ELEMENT}, {STR_INIT("div"), BLOCK_ELEMENT}, {STR_INIT("dl"), BLOCK_ELEMENT},
		{STR_INIT("dt"), BLOCK_ELEMENT}, {STR_INIT("figcaption"), BLOCK_ELEMENT}, {STR_INIT("figure"), BLOCK_ELEMENT},
		{STR_INIT("footer"), BLOCK_ELEMENT}, {STR_INIT("h1"), BLOCK_ELEMENT}, {STR_INIT("h2"), BLOCK_ELEMENT},
		{STR_INIT("h3"), BLOCK_ELEMENT}, {STR_INIT("h4"), BLOCK_ELEMENT}, {STR_INIT("h5"), BLOCK_ELEMENT},
		{STR_INIT("h6"), BLOCK_ELEMENT}, {STR_INIT("header"), BLOCK_ELEMENT}, {STR_INIT("hr"), BLOCK_RULE},
		{STR_INIT("img"), VOID_INLINE}, {STR_INIT("input"), VOID_INLINE}, {STR_INIT("label"), SKIPPED}, {STR_INIT("li"), BLOCK_ELEMENT},
		{STR_INIT("main"), BLOCK_ELEMENT}, {STR_INIT("nav"), BLOCK_ELEMENT}, {STR_INIT("ol"), BLOCK_ELEMENT}, {STR_INIT("p"), BLOCK_ELEMENT},
		{STR_INIT("pre"), BLOCK_ELEMENT}, {STR_INIT("section"), BLOCK_ELEMENT}, {STR_INIT("source"), VOID_INLINE},
		{STR_INIT("summary"), BLOCK_ELEMENT}, {STR_INIT("table"), BLOCK_ELEMENT}, {STR_INIT("tbody"), BLOCK_ELEMENT},
		{STR_INIT("td"), BLOCK_ELEMENT}, {STR_INIT("tfoot"), BLOCK_ELEMENT}, {STR_INIT("th"), BLOCK_ELEMENT},
		{STR_INIT("thead"), BLOCK_ELEMENT}, {STR_INIT("tr"), BLOCK_ELEMENT}, {STR_INIT("track"), VOID_INLINE}, {STR_INIT("ul"), BLOCK_ELEMENT},
		{STR_INIT("video"), BLOCK_ELEMENT}, {STR_INIT("wbr"), VOID_INLINE},
	};
	if (name.n == 1)
		return name.p[0] == 'p' ? BLOCK_ELEMENT : INLINE;
	size_t low = 0, high = sizeof table / sizeof *table;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int c = str_cmp(name, table[middle].name);
		if (!c)
			return table[middle].manner;
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return INLINE;
}

static bool is_heading(Str name)
{
	return name.n == 2 && name.p[0] == 'h' && name.p[1] >= '1' && name.p[1] <= '6';
}

static bool is_cell(Str name)
{
	return str_eq(name, S("td")) || str_eq(name, S("th"));
}

/* ---- Blocks ---- */

typedef struct Cutter {
	RedlineSide *side;
	Arena *arena;
	Element *elements;
	Block *blocks;
	Unit *units;
	uint32_t elements_cap, blocks_cap, units_cap;
	uint32_t element;     /* the block element open now */
	uint32_t row;         /* unit of the table's row open now; NO_ELEMENT: none */
	uint32_t row_element; /* its <tr> */
	uint32_t cell_blocks; /* blocks there were when the cell began */
	Str html;
	size_t from;          /* where the run began */
	int inside;           /* inline tags open in the run */
	bool raw, has_id;
} Cutter;

static uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9E3779B97F4A7C15u;
	return h ^ h >> 29;
}

static Unit *unit_add(Cutter *c)
{
	ARENA_ROOM(c->arena, c->units, c->side->units_n, c->units_cap);
	Unit *u = c->units + c->side->units_n++;
	*u = (Unit){.block = c->side->blocks_n};
	return u;
}

static void block_add(Cutter *c, Str html)
{
	ARENA_ROOM(c->arena, c->blocks, c->side->blocks_n, c->blocks_cap);
	Unit *u = c->row == NO_ELEMENT ? unit_add(c) : c->units + c->row;
	uint64_t text = str_hash(html);
	u->n++;
	u->words = mix(u->words, text);
	u->hash = mix(mix(u->hash, c->element == NO_ELEMENT ? 1 : c->elements[c->element].path), text);
	u->row = c->row != NO_ELEMENT;
	u->heading = c->element != NO_ELEMENT && is_heading(c->elements[c->element].name);
	c->blocks[c->side->blocks_n++] = (Block){c->element, html, c->raw && c->inside == 0, c->has_id};
}

static void end_run(Cutter *c, size_t to)
{
	Str html = str_n(c->html.p + c->from, to - c->from);
	bool pre = c->element != NO_ELEMENT && str_eq(c->elements[c->element].name, S("pre"));
	if (!pre)
		html = str_trim(html);
	if (html.n)
		block_add(c, html);
	c->inside = 0;
	c->raw = true;
	c->has_id = false;
}

static void open_element(Cutter *c, const Mark *m)
{
	ARENA_ROOM(c->arena, c->elements, c->side->elements_n, c->elements_cap);
	const Element *parent = c->element == NO_ELEMENT ? NULL : c->elements + c->element;
	c->elements[c->side->elements_n] = (Element){c->element, parent ? parent->depth + 1 : 0, m->whole, m->name,
	                                             mix(parent ? parent->path : 1, str_hash(m->name))};
	c->element = c->side->elements_n++;
	if (c->row == NO_ELEMENT && str_eq(m->name, S("tr"))) {
		unit_add(c);
		c->row = c->side->units_n - 1;
		c->row_element = c->element;
	}
	if (is_cell(m->name))
		c->cell_blocks = c->side->blocks_n;
}

static void close_element(Cutter *c, const Mark *m)
{
	uint32_t e = c->element;
	while (e != NO_ELEMENT && !str_eq(c->elements[e].name, m->name))
		e = c->elements[e].parent;
	if (e == NO_ELEMENT)
		return; /* closes nothing: only trusted HTML does so */
	if (is_cell(m->name) && c->cell_blocks == c->side->blocks_n)
		block_add(c, S("")); /* an empty cell is still a cell of its row */
	if (c->row != NO_ELEMENT && e <= c->row_element) {
		if (!c->units[c->row].n)
			c->side->units_n = c->row;
		c->row = NO_ELEMENT;
	}
	c->element = c->elements[e].parent;
}

static void take_tag(Cutter *c, const Mark *m, size_t at, size_t after)
{
	Manner manner = manner_of(m->name);
	switch (manner) {
	case INLINE:
		c->inside += m->end ? -1 : 1;
		c->raw = c->raw && c->inside >= 0 && !str_eq(m->name, S("ins")) && !str_eq(m->name, S("del"));
		c->has_id = c->has_id || memmem(m->whole.p, m->whole.n, " id=\"", 5);
		break;
	case VOID_INLINE:
		c->raw = c->raw && !str_eq(m->name, S("input"));
		break;
	case SKIPPED:
		c->raw = false;
		break;
	case BLOCK_ELEMENT:
	case BLOCK_RULE:
		end_run(c, at);
		if (manner == BLOCK_RULE)
			block_add(c, m->whole);
		else if (m->end)
			close_element(c, m);
		else
			open_element(c, m);
		c->from = after;
		break;
	}
}

RedlineSide *redline_side(const Doc *doc, const DocHtml *how, Arena *a)
{
	Buf out = {0};
	doc_html(doc, how, a, &out);
	RedlineSide *side = NEW(a, RedlineSide);
	*side = (RedlineSide){.doc = doc, .words = doc->words};
	uint32_t guess = doc->nodes_n / 4 + 16;
	Cutter c = {.side = side, .arena = a, .element = NO_ELEMENT, .row = NO_ELEMENT, .raw = true, .html = str_dup(a, buf_str(&out)),
	            .elements_cap = guess, .blocks_cap = guess, .units_cap = guess};
	buf_release(&out);
	c.elements = NEW_N(a, Element, guess);
	c.blocks = NEW_N(a, Block, guess);
	c.units = NEW_N(a, Unit, guess);
	for (size_t i = 0; i < c.html.n;) {
		char *p = memchr(c.html.p + i, '<', c.html.n - i);
		if (!p)
			break;
		Mark m;
		size_t at = (size_t)(p - c.html.p);
		i = read_mark(c.html, at, &m);
		if (m.name.n)
			take_tag(&c, &m, at, i);
	}
	end_run(&c, c.html.n);
	side->elements = c.elements;
	side->blocks = c.blocks;
	side->units = c.units;
	return side;
}

bool is_pre(const RedlineSide *s, const Block *b)
{
	for (uint32_t e = b->element; e != NO_ELEMENT; e = s->elements[e].parent)
		if (str_eq(s->elements[e].name, S("pre")))
			return true;
	return false;
}

/* ---- Tokens ---- */

typedef struct Tokeniser {
	Tokens *t;
	Arena *arena;
	struct Icu *icu;
	Str lang;
	uint32_t element;
	bool pre;
} Tokeniser;

static void token_add(Tokeniser *k, Str html, uint32_t words)
{
	Tokens *t = k->t;
	ARENA_ROOM(k->arena, t->list, t->n, t->cap);
	t->list[t->n++] = (Token){str_hash(html), html, {0}, k->element, k->element, words};
	t->words += words;
}

static void add_cjk(void *context, Str piece, bool is_word)
{
	token_add(context, piece, is_word ? (uint32_t)utf8_count(piece) : 0);
}

static void cut_cjk(Tokeniser *k, Str run)
{
	if (k->icu) {
		icu_words(k->icu, run, k->lang, add_cjk, k);
		return;
	}
	size_t len;
	for (size_t i = 0; i < run.n; i += len) {
		utf8_decode(run, i, &len);
		token_add(k, str_n(run.p + i, len), 1);
	}
}

static bool is_letter(Str s, size_t i, size_t *len, bool *cjk)
{
	*len = 1;
	*cjk = false;
	if (i >= s.n)
		return false;
	if (!(s.p[i] & 0x80))
		return byte_class[(unsigned char)s.p[i]] & B_WORD;
	uint32_t r = utf8_decode(s, i, len);
	*cjk = r != UTF8_BAD && rune_is_cjk(r) && !rune_is_hangul(r) && !rune_is_sign(r);
	return *cjk || (r != UTF8_BAD && !rune_is_sign(r));
}

/* Where the word that begins at i ends: letters, and ' ’ - . , between them. */
static size_t word_end(Str s, size_t i, bool *cjk)
{
	size_t len, next;
	bool other;
	is_letter(s, i, &len, cjk);
	for (i += len; i < s.n; i += len) {
		if (is_letter(s, i, &len, &other)) {
			if (other != *cjk)
				break;
			continue;
		}
		if (*cjk)
			break;
		len = s.p[i] == '\'' || s.p[i] == '-' || s.p[i] == '.' || s.p[i] == ',' ? 1 : str_starts(str_from(s, i), S("\u2019")) ? 3 : 0;
		if (!len || !is_letter(s, i + len, &next, &other) || other)
			break;
	}
	return i;
}

static bool is_blank(char c) /* HTML's white space; other control characters are signs */
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static size_t space_end(Str s, size_t i)
{
	while (i < s.n && is_blank(s.p[i]))
		i++;
	return i;
}

/* The space behind a token belongs to it, tags between them or not. Only in <pre> does it tell tokens apart. */
static size_t take_space(Tokeniser *k, Str s, size_t i)
{
	size_t end = space_end(s, i);
	Str space = str_n(s.p + i, end - i);
	Token *last = k->t->n ? k->t->list + k->t->n - 1 : NULL;
	if (!last || last->space.n) {
		token_add(k, S(""), 0);
		last = k->t->list + k->t->n - 1;
	}
	last->space = space;
	last->space_element = k->element;
	if (k->pre)
		last->id = mix(last->id, str_hash(space));
	return end;
}

static uint32_t inline_open(Tokeniser *k, const Mark *m)
{
	Tokens *t = k->t;
	ARENA_ROOM(k->arena, t->elements, t->elements_n, t->elements_cap);
	t->elements[t->elements_n] = (Element){k->element, k->element == NO_ELEMENT ? 0 : t->elements[k->element].depth + 1, m->whole, m->name, 0};
	return t->elements_n++;
}

static void take_inline(Tokeniser *k, const Mark *m)
{
	static const Str struck = STR_INIT("<s>"), under = STR_INIT("<u>");
	Mark mark = *m;
	Manner manner = manner_of(m->name);
	if (str_eq(m->name, S("del")))
		mark = (Mark){struck, str_n(struck.p + 1, 1), m->end};
	else if (str_eq(m->name, S("ins")))
		mark = (Mark){under, str_n(under.p + 1, 1), m->end};
	if (str_eq(m->name, S("input"))) /* a box to tick: two of them in one label would not do */
		token_add(k, memmem(m->whole.p, m->whole.n, " checked", 8) ? S("<span class=\"rl-box\" data-say=\"☑ \"></span>")
		                                                               : S("<span class=\"rl-box\" data-say=\"☐ \"></span>"), 0);
	else if (manner == VOID_INLINE || manner == BLOCK_RULE)
		token_add(k, mark.whole, 0);
	else if (manner == INLINE && !mark.end)
		k->element = inline_open(k, &mark);
	else if (manner == INLINE && k->element != NO_ELEMENT)
		k->element = k->t->elements[k->element].parent;
}

void tokens_make(Tokens *t, Str s, bool pre, struct Icu *icu, Str lang, Arena *a)
{
	Tokeniser k = {.t = t, .arena = a, .icu = icu, .lang = lang, .element = NO_ELEMENT, .pre = pre};
	bool cjk;
	size_t len;
	for (size_t i = 0, end; i < s.n; i = end) {
		if (s.p[i] == '<') {
			Mark m;
			end = read_mark(s, i, &m);
			take_inline(&k, &m);
		} else if (is_blank(s.p[i])) {
			end = take_space(&k, s, i);
		} else if (is_letter(s, i, &len, &cjk)) {
			end = word_end(s, i, &cjk);
			if (cjk)
				cut_cjk(&k, str_n(s.p + i, end - i));
			else
				token_add(&k, str_n(s.p + i, end - i), 1);
		} else {
			end = i + len;
			if (s.p[i] == '&') /* a character reference is one sign */
				while (end < s.n && s.p[end - 1] != ';')
					end++;
			token_add(&k, str_n(s.p + i, end - i), 0);
		}
	}
}
