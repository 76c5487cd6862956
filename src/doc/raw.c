/* Raw HTML. Clean: every tag is read by our own scanner and written anew from an allowlist; what it lost is
 * told. Elements are balanced against the tree: what a piece opens is closed in the same container, where the
 * author closed it or at the container's end, so that tags may stand in different pieces of the Markdown, and
 * no piece can break out of the element that holds it. Text becomes text nodes, <a> and <img> become links
 * and pictures, so that words, search, redlines and the link check see them. */
#include "doc/inner.h"

typedef enum { PHRASE = 1, BLOCK = 2, VOID = 4, HIDE = 8 /* with its contents */, LIST = 16, TABLE = 32 } RawFlags;

typedef struct RawElement {
	const char *name;
	int flags;
	const char *attributes; /* beside the global ones; "name=digits" checks the value */
	const char *parents;    /* where it may stand; NULL: anywhere */
	const char *ends;       /* open elements that its start tag closes */
} RawElement;

/* To allow an element, add a row (by name). Attributes ending in # take digits alone, in @ an address. */
static const RawElement elements[] = {
	{"a", PHRASE, "href@ hreflang", NULL, NULL},
	{"abbr", PHRASE, "", NULL, NULL},
	{"address", BLOCK, "", NULL, NULL},
	{"article", BLOCK, "", NULL, NULL},
	{"aside", BLOCK, "", NULL, NULL},
	{"audio", BLOCK, "src@ controls loop muted", NULL, NULL},
	{"b", PHRASE, "", NULL, NULL},
	{"base", HIDE | VOID, "", NULL, NULL},
	{"bdi", PHRASE, "", NULL, NULL},
	{"bdo", PHRASE, "", NULL, NULL},
	{"blockquote", BLOCK, "", NULL, NULL},
	{"br", PHRASE | VOID, "", NULL, NULL},
	{"caption", BLOCK, "", "table", NULL},
	{"cite", PHRASE, "", NULL, NULL},
	{"code", PHRASE, "", NULL, NULL},
	{"col", BLOCK | VOID | TABLE, "span#", "colgroup", NULL},
	{"colgroup", BLOCK | TABLE, "span#", "table", "caption"},
	{"dd", BLOCK, "", "dl div", "dd dt"},
	{"del", PHRASE, "datetime", NULL, NULL},
	{"details", BLOCK, "open", NULL, NULL},
	{"dfn", PHRASE, "", NULL, NULL},
	{"div", BLOCK, "", NULL, NULL},
	{"dl", BLOCK, "", NULL, NULL},
	{"dt", BLOCK, "", "dl div", "dd dt"},
	{"em", PHRASE, "", NULL, NULL},
	{"embed", HIDE | VOID, "", NULL, NULL},
	{"figcaption", BLOCK, "", "figure", NULL},
	{"figure", BLOCK, "", NULL, NULL},
	{"footer", BLOCK, "", NULL, NULL},
	{"h1", BLOCK, "", NULL, NULL},
	{"h2", BLOCK, "", NULL, NULL},
	{"h3", BLOCK, "", NULL, NULL},
	{"h4", BLOCK, "", NULL, NULL},
	{"h5", BLOCK, "", NULL, NULL},
	{"h6", BLOCK, "", NULL, NULL},
	{"header", BLOCK, "", NULL, NULL},
	{"hr", BLOCK | VOID, "", NULL, NULL},
	{"i", PHRASE, "", NULL, NULL},
	{"iframe", HIDE, "", NULL, NULL},
	{"img", PHRASE | VOID, "src@ alt width# height#", NULL, NULL},
	{"ins", PHRASE, "datetime", NULL, NULL},
	{"kbd", PHRASE, "", NULL, NULL},
	{"li", BLOCK, "value#", "ul ol", "li"},
	{"link", HIDE | VOID, "", NULL, NULL},
	{"main", BLOCK, "", "", NULL},
	{"mark", PHRASE, "", NULL, NULL},
	{"math", HIDE, "", NULL, NULL},
	{"meta", HIDE | VOID, "", NULL, NULL},
	{"nav", BLOCK, "", NULL, NULL},
	{"noembed", HIDE, "", NULL, NULL},
	{"noframes", HIDE, "", NULL, NULL},
	{"noscript", HIDE, "", NULL, NULL},
	{"object", HIDE, "", NULL, NULL},
	{"ol", BLOCK | LIST, "start# reversed", NULL, NULL},
	{"p", BLOCK, "", NULL, NULL},
	{"plaintext", HIDE, "", NULL, NULL},
	{"pre", BLOCK, "", NULL, NULL},
	{"q", PHRASE, "", NULL, NULL},
	{"rp", PHRASE, "", "ruby", "rt rp"},
	{"rt", PHRASE, "", "ruby", "rt rp"},
	{"ruby", PHRASE, "", NULL, NULL},
	{"s", PHRASE, "", NULL, NULL},
	{"samp", PHRASE, "", NULL, NULL},
	{"script", HIDE, "", NULL, NULL},
	{"section", BLOCK, "", NULL, NULL},
	{"select", HIDE, "", NULL, NULL},
	{"small", PHRASE, "", NULL, NULL},
	{"source", BLOCK | VOID, "src@ type", "audio video", NULL},
	{"span", PHRASE, "", NULL, NULL},
	{"strong", PHRASE, "", NULL, NULL},
	{"style", HIDE, "", NULL, NULL},
	{"sub", PHRASE, "", NULL, NULL},
	{"summary", BLOCK, "", "details", NULL},
	{"sup", PHRASE, "", NULL, NULL},
	{"svg", HIDE, "", NULL, NULL},
	{"table", BLOCK | TABLE, "", NULL, NULL},
	{"tbody", BLOCK | TABLE, "", "table", "td th tr thead tbody tfoot caption colgroup"},
	{"td", BLOCK, "colspan# rowspan# headers", "tr", "td th"},
	{"template", HIDE, "", NULL, NULL},
	{"textarea", HIDE, "", NULL, NULL},
	{"tfoot", BLOCK | TABLE, "", "table", "td th tr thead tbody tfoot caption colgroup"},
	{"th", BLOCK, "colspan# rowspan# headers scope abbr", "tr", "td th"},
	{"thead", BLOCK | TABLE, "", "table", "td th tr thead tbody tfoot caption colgroup"},
	{"time", PHRASE, "datetime", NULL, NULL},
	{"title", HIDE, "", NULL, NULL},
	{"tr", BLOCK | TABLE, "", "table thead tbody tfoot", "td th tr caption colgroup"},
	{"track", BLOCK | VOID, "src@ kind srclang label", "audio video", NULL},
	{"u", PHRASE, "", NULL, NULL},
	{"ul", BLOCK | LIST, "", NULL, NULL},
	{"var", PHRASE, "", NULL, NULL},
	{"video", BLOCK, "src@ poster@ controls loop muted width# height#", NULL, NULL},
	{"wbr", PHRASE | VOID, "", NULL, NULL},
	{"xmp", HIDE, "", NULL, NULL},
};
static const char global_attributes[] = "id class title lang dir role aria-label aria-hidden aria-describedby";

static const RawElement *element_of(Str name)
{
	size_t low = 0, high = sizeof elements / sizeof *elements;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int c = str_cmp(name, str_of(elements[middle].name));
		if (!c)
			return elements + middle;
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Is a name among words parted by spaces? *mark is what stands behind it there (# or @), else 0. */
static bool among(const char *words, Str name, char *mark)
{
	Str rest = str_of(words);
	while (rest.n) {
		Str word = str_cut(&rest, ' ');
		char last = word.n ? word.p[word.n - 1] : 0;
		bool marked = last == '#' || last == '@';
		if (mark)
			*mark = marked ? last : 0;
		if (str_eq(str_upto(word, word.n - marked), name))
			return true;
	}
	return false;
}

/* ---- What was left out ---- */

static const char hint_kept[] = "texts are cleaned unless site.yaml says `html: trusted`, for the archive or a collection";

static void dropped(Builder *b, Str what, const char *hint)
{
	for (uint32_t i = 0; i < b->dropped_n; i++) {
		Dropped *d = b->dropped + i;
		if (!str_eq(d->what, what))
			continue;
		uint32_t most = sizeof d->others / sizeof *d->others;
		uint32_t last = d->count == 1 ? d->line : d->others[d->count - 2 < most ? d->count - 2 : most - 1];
		if (last != b->line && d->count - 1 < most)
			d->others[d->count - 1] = b->line;
		else if (d->count - 1 < most)
			return;
		d->count++;
		return;
	}
	if (b->dropped_n == 50)
		return;
	MEM_ROOM(b->dropped, b->dropped_n, b->dropped_cap);
	b->dropped[b->dropped_n++] = (Dropped){.what = str_dup(b->arena, what), .hint = hint, .line = b->line, .count = 1};
}

void raw_report(Builder *b)
{
	for (uint32_t i = 0; i < b->dropped_n; i++) {
		const Dropped *d = b->dropped + i;
		Buf m = {0};
		buf_printf(&m, "%.*s was left out", STR_ARG(d->what));
		uint32_t most = sizeof d->others / sizeof *d->others;
		for (uint32_t k = 0; k + 1 < d->count && k < most; k++)
			buf_printf(&m, "%s %u", k ? "," : ", here and on line", d->others[k]);
		if (d->count - 1 > most)
			buf_lit(&m, " and further ones");
		doc_say(b, DIAG_WARNING, "html-dropped", d->line, 0, buf_str(&m), str_of(d->hint ? d->hint : hint_kept));
		buf_release(&m);
	}
}

/* ---- Writing tags ---- */

static void put_html(Builder *b, Str html, bool block) /* html must live in the arena or for ever */
{
	if (!html.n)
		return;
	uint32_t at = node_leaf(b, DOC_HTML, html);
	b->nodes[at].flags = block ? DOC_BREAKS : 0;
}

static void flush(Builder *b, const RawElement *e, Buf *out)
{
	if (out->n)
		put_html(b, str_dup(b->arena, buf_str(out)), e->flags & BLOCK);
	buf_clear(out);
}

static bool is_heading(const RawElement *e)
{
	return e->name[0] == 'h' && e->name[1] >= '1' && e->name[1] <= '6';
}

static void close_top(Builder *b)
{
	RawOpen top = b->raw[--b->raw_n];
	while (b->struck_n && b->struck[b->struck_n - 1].raw_n > b->raw_n)
		b->struck_n--; /* what opened inside it cannot close outside */
	if (top.node && is_heading(top.element)) {
		DocNode *n = b->nodes + top.node;
		Str id = {n->text, n->n};
		if (node_wrap(b, top.node, DOC_HEADING))
			heading_add(b, top.node, id, (Str){0});
	} else if (top.node) {
		b->links_open--;
		b->nodes[top.node].end = b->n;
		node_wrap(b, top.node, DOC_LINK);
	} else {
		put_html(b, str_printf(b->arena, "</%s>", top.element->name), top.element->flags & BLOCK);
	}
	if (top.element->flags & BLOCK)
		inline_end_block(b);
	if (!b->doc->lead.n && b->open == 0 && !strcmp(top.element->name, "p"))
		b->doc->lead = str_trim(text_between(b, top.from, b->n));
}

static bool top_here(const Builder *b, const RawElement **e)
{
	if (!b->raw_n || b->raw[b->raw_n - 1].container != b->open)
		return false;
	*e = b->raw[b->raw_n - 1].element;
	return true;
}

void raw_close_opened(Builder *b)
{
	const RawElement *e;
	if (b->hidden.name.n && b->hidden.in == b->open)
		b->hidden.name = (Str){0}; /* its end tag never came: what follows it stands, as text */
	while (top_here(b, &e))
		close_top(b);
}

static bool closes_before_block(const RawElement *e)
{
	return (e->flags & PHRASE ? strcmp(e->name, "a") && strcmp(e->name, "ins") && strcmp(e->name, "del") : 0) || !strcmp(e->name, "p") ||
	       is_heading(e);
}

void raw_close_phrases(Builder *b)
{
	const RawElement *e;
	while (top_here(b, &e) && closes_before_block(e))
		close_top(b);
}

bool raw_link_open(const Builder *b)
{
	for (int i = 0; i < b->raw_n; i++)
		if (b->raw[i].node && !is_heading(b->raw[i].element))
			return true;
	return false;
}

/* ---- Reading tags ---- */

typedef struct Attribute {
	Str name, value; /* lower case; character references replaced */
	Str raw;         /* the value as it stands in the tag, without quotes */
} Attribute;

enum { MOST_ATTRIBUTES = 32 };

typedef struct Tag {
	Str whole, name;
	bool end;
	int n;
	Attribute attributes[MOST_ATTRIBUTES];
} Tag;

static bool is_space(Str s, size_t i)
{
	return i < s.n && (unsigned char)s.p[i] <= ' ';
}

static size_t read_attribute(Builder *b, Str s, size_t i, Tag *t)
{
	size_t from = i;
	while (i < s.n && !is_space(s, i) && !strchr("/>=", s.p[i]))
		i++;
	if (i == from)
		i++;
	Attribute a = {.name = str_lower_ascii(b->arena, str_n(s.p + from, i - from))};
	size_t j = i;
	while (is_space(s, j))
		j++;
	if (j < s.n && s.p[j] == '=') {
		for (j++; is_space(s, j); j++)
			;
		char quote = j < s.n && (s.p[j] == '"' || s.p[j] == '\'') ? s.p[j] : 0;
		from = j += quote != 0;
		while (j < s.n && (quote ? s.p[j] != quote : !is_space(s, j) && s.p[j] != '>'))
			j++;
		a.raw = str_n(s.p + from, j - from);
		i = j + (quote && j < s.n);
	}
	a.value = md_unescape(a.raw, b->arena);
	for (int k = 0; k < t->n; k++)
		if (str_eq(t->attributes[k].name, a.name))
			return i;
	if (t->n < MOST_ATTRIBUTES)
		t->attributes[t->n++] = a;
	return i;
}

/* s starts with <. False: it is no tag. */
static bool read_tag(Builder *b, Str s, Tag *t)
{
	size_t i = 1;
	t->n = 0;
	t->end = i < s.n && s.p[i] == '/';
	i += t->end;
	size_t from = i;
	while (i < s.n && ((byte_class[(unsigned char)s.p[i]] & B_WORD) || (i > from && (s.p[i] == '-' || s.p[i] == ':'))))
		i++;
	if (i == from || (s.p[from] >= '0' && s.p[from] <= '9'))
		return false;
	t->name = str_lower_ascii(b->arena, str_n(s.p + from, i - from));
	while (i < s.n && s.p[i] != '>') {
		if (is_space(s, i) || s.p[i] == '/')
			i++;
		else
			i = read_attribute(b, s, i, t);
	}
	if (i >= s.n)
		return false;
	t->whole = str_upto(s, i + 1);
	return true;
}

/* <!-- -->, <!x>, <?x?>, <![CDATA[ ]]>: their length, 0 when s is none of them. */
static size_t skip_declaration(Str s)
{
	static const struct { Str head, tail; } kinds[] = {
		{STR_INIT("<!--"), STR_INIT("-->")}, {STR_INIT("<![CDATA["), STR_INIT("]]>")}, {STR_INIT("<?"), STR_INIT("?>")}, {STR_INIT("<!"), STR_INIT(">")},
	};
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		if (!str_starts(s, kinds[k].head))
			continue;
		size_t at = str_find(str_from(s, kinds[k].head.n), kinds[k].tail);
		return at == SIZE_MAX ? s.n : kinds[k].head.n + at + kinds[k].tail.n;
	}
	return 0;
}

/* ---- Cleaning ---- */

static bool digits_only(Str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0 && s.n <= 4 && !(s.n == 1 && s.p[0] == '0');
}

static Str attribute(const Tag *t, Str name)
{
	for (int i = 0; i < t->n; i++)
		if (str_eq(t->attributes[i].name, name))
			return t->attributes[i].value;
	return (Str){0};
}

static void drop_attribute(Builder *b, const Tag *t, Str name, const char *hint)
{
	dropped(b, str_printf(b->arena, "the attribute %.*s of <%.*s>", STR_ARG(str_upto(name, 40)), STR_ARG(t->name)), hint);
}

static void put_url(Builder *b, Str url)
{
	uint32_t at = node_leaf(b, DOC_HTML_URL, (Str){0});
	b->nodes[at].ref = link_add(b, (DocLink){.kind = DOC_LINK_MEDIA, .node = at, .target = str_dup(b->arena, url)});
	link_done(b, b->nodes[at].ref);
}

static void put_attribute(Builder *b, const RawElement *e, const Tag *t, const Attribute *a, Buf *out)
{
	char mark = 0;
	if (!among(e->attributes, a->name, &mark) && !among(global_attributes, a->name, NULL)) {
		drop_attribute(b, t, a->name, NULL);
		return;
	}
	if (mark == '#' && !digits_only(str_trim(a->value))) {
		drop_attribute(b, t, a->name, "a whole number is needed here");
		return;
	}
	if (str_eq(a->name, S("id")) && !id_take(b, a->value)) {
		drop_attribute(b, t, a->name, "an id must be free in the page and without spaces");
		return;
	}
	buf_printf(out, " %.*s=\"", STR_ARG(a->name));
	if (mark == '@') {
		flush(b, e, out);
		put_url(b, a->value);
	} else {
		esc_attr(out, mark == '#' ? str_trim(a->value) : a->value);
	}
	buf_putc(out, '"');
}

static void open_anchor(Builder *b, const Tag *t)
{
	uint32_t at = node_leaf(b, DOC_LINK, (Str){0});
	b->nodes[at].ref = link_add(b, (DocLink){.kind = DOC_LINK_RAW, .node = at, .target = str_dup(b->arena, attribute(t, S("href"))),
	                                         .title = str_dup(b->arena, attribute(t, S("title")))});
	link_done(b, b->nodes[at].ref);
	b->raw[b->raw_n++] = (RawOpen){element_of(S("a")), b->open, at, at};
	b->links_open++;
}

/* A heading of raw HTML is one like the others: in the table of contents, with an id. */
static void open_heading(Builder *b, const RawElement *e, const Tag *t)
{
	uint32_t at = node_leaf(b, DOC_SPAN, (Str){0});
	Str id = attribute(t, S("id"));
	for (int i = 0; i < t->n; i++)
		if (!str_eq(t->attributes[i].name, S("id")))
			drop_attribute(b, t, t->attributes[i].name, "a heading keeps its id alone");
	if (id_take(b, id)) {
		Str kept = str_dup(b->arena, id);
		b->nodes[at].text = kept.p;
		b->nodes[at].n = (uint32_t)kept.n;
	}
	b->nodes[at].level = (uint8_t)(e->name[1] - '0');
	b->has_h1 |= e->name[1] == '1';
	b->raw[b->raw_n++] = (RawOpen){e, b->open, at, at};
	b->count.in_word = false;
}

static uint32_t number_of(Str s)
{
	int64_t v;
	return digits_only(str_trim(s)) && str_int(str_trim(s), &v) ? (uint32_t)v : 0;
}

static void put_picture(Builder *b, const Tag *t)
{
	uint32_t at = node_open(b, DOC_IMAGE);
	Str alt = str_dup(b->arena, attribute(t, S("alt")));
	b->nodes[at].ref = link_add(b, (DocLink){.kind = DOC_LINK_IMAGE, .node = at, .target = str_dup(b->arena, attribute(t, S("src"))), .text = alt,
	                                         .title = str_dup(b->arena, attribute(t, S("title"))),
	                                         .width = number_of(attribute(t, S("width"))), .height = number_of(attribute(t, S("height")))});
	link_done(b, b->nodes[at].ref);
	if (alt.n)
		node_leaf(b, DOC_TEXT, alt);
	node_close(b);
}

static void open_tag(Builder *b, const RawElement *e, const Tag *t)
{
	const RawElement *top;
	if (e->flags & BLOCK)
		raw_close_phrases(b);
	while (e->ends && top_here(b, &top) && (among(e->ends, str_of(top->name), NULL) || closes_before_block(top)))
		close_top(b);
	bool in_place = !e->parents || (top_here(b, &top) && among(e->parents, str_of(top->name), NULL));
	bool link = !strcmp(e->name, "a"), href = attribute(t, S("href")).n > 0;
	bool block_in_words = (e->flags & BLOCK) && b->open && b->nodes[b->open].kind >= DOC_TEXT;
	bool in_paragraph = (e->flags & BLOCK) && (b->nodes[b->open].kind == DOC_PARAGRAPH || b->nodes[b->open].kind == DOC_HEADING);
	if (!in_place || block_in_words || in_paragraph || b->raw_n == RAW_DEEPEST || (link && b->links_open)) {
		dropped(b, str_printf(b->arena, "<%s>", e->name), !in_place ? "it cannot stand here" : in_paragraph ? "put it on a line of its own, with an empty line before it" : "elements are nested too deep or wrongly here");
		return;
	}
	if (link && href) {
		open_anchor(b, t);
		return;
	}
	if (!strcmp(e->name, "img")) {
		put_picture(b, t);
		return;
	}
	if (is_heading(e)) {
		open_heading(b, e, t);
		return;
	}
	Buf out = {0};
	buf_printf(&out, "<%s", e->name);
	for (int i = 0; i < t->n; i++)
		put_attribute(b, e, t, t->attributes + i, &out);
	buf_putc(&out, '>');
	flush(b, e, &out);
	buf_release(&out);
	if (!(e->flags & VOID))
		b->raw[b->raw_n++] = (RawOpen){e, b->open, 0, b->n};
	if (!(e->flags & PHRASE))
		b->count.in_word = false;
}

/* Whether closing down to this one would close a link that was open before the hiding began: its end is not known
 * until the hiding is over, so the tag counts for nothing, and the link ends with its container. */
static bool waits_for_hidden(const Builder *b, int down_to)
{
	for (int i = down_to; b->hidden.name.n && i < b->raw_n; i++)
		if (b->raw[i].node && b->raw[i].node < b->hidden.nodes)
			return true;
	return false;
}

static void end_tag(Builder *b, const RawElement *e)
{
	int i = b->raw_n;
	while (i > 0 && b->raw[i - 1].container == b->open && b->raw[i - 1].element != e)
		i--;
	bool found = i > 0 && b->raw[i - 1].container == b->open;
	if (found && waits_for_hidden(b, i - 1))
		return;
	if (found)
		while (b->raw_n >= i)
			close_top(b);
	else if (!closes_before_block(e) && !(e->flags & VOID))
		dropped(b, str_printf(b->arena, "</%s>", e->name), "nothing of that name is open here");
}

static void clean_tag(Builder *b, const Tag *t)
{
	const RawElement *e = element_of(t->name);
	if (!e && t->end)
		return; /* its start tag has been told of */
	if (!e)
		dropped(b, str_printf(b->arena, "<%.*s>", STR_ARG(str_upto(t->name, 40))), NULL);
	else if (e->flags & HIDE) {
		if (!t->end)
			dropped(b, str_printf(b->arena, "<%s>%s", e->name, e->flags & VOID ? "" : " and what stands in it"),
			        str_eq(t->name, S("iframe")) ? "a link to a video alone in a paragraph becomes a card" : NULL);
	} else if (t->end)
		end_tag(b, e);
	else
		open_tag(b, e, t);
}

static void raw_text(Builder *b, Str s, bool block)
{
	if (!s.n)
		return;
	const RawElement *top;
	bool blank = str_trim(s).n == 0;
	if (block && top_here(b, &top) && (top->flags & (TABLE | LIST)) && !blank) {
		dropped(b, str_printf(b->arena, "text between the tags of <%s>", top->name), "put it into a cell or an item");
		return;
	}
	if (blank && !(top_here(b, &top) && !strcmp(top->name, "pre")))
		node_leaf(b, DOC_SOFT_BREAK, (Str){0});
	else
		text_leaf(b, md_unescape(s, b->arena));
}

/* The end tag of a hidden element: where what follows it begins, or SIZE_MAX. */
static size_t end_of_hidden(Str s, Str name)
{
	for (size_t i = 0; i + name.n + 2 <= s.n; i++) {
		char *p = memmem(s.p + i, s.n - i, "</", 2);
		if (!p)
			return SIZE_MAX;
		i = (size_t)(p - s.p);
		Str rest = str_from(s, i + 2);
		if (str_eq_nocase(str_upto(rest, name.n), name) && (rest.n == name.n || !(byte_class[(unsigned char)rest.p[name.n]] & B_WORD))) {
			size_t close = str_find_char(rest, '>');
			return close == SIZE_MAX ? s.n : i + 2 + close + 1;
		}
	}
	return SIZE_MAX;
}

static uint32_t line_ends(Str s)
{
	uint32_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static void hide(Builder *b, Str name)
{
	b->hidden = (Hidden){name, b->open, b->n, b->doc->links_n, b->doc->headings_n, b->raw_n, b->links_open, NEW_N(b->arena, RawOpen, (size_t)b->raw_n),
	                     b->count, b->doc->lead};
	memcpy(b->hidden.raw, b->raw, (size_t)b->raw_n * sizeof *b->raw);
}

static bool begins_paragraph(const Builder *b)
{
	const DocNode *p = b->nodes + b->open;
	return p->kind == DOC_PARAGRAPH && p->parent == b->hidden.in && b->n == b->open + 1 && b->open >= b->hidden.nodes;
}

/* The end tag of what is being hidden, in this piece: everything since its start tag goes. */
static Str unhide(Builder *b, Str s)
{
	const Hidden *h = &b->hidden;
	size_t end = end_of_hidden(s, h->name);
	if (end == SIZE_MAX)
		return s;
	b->line += line_ends(str_upto(s, end));
	if (b->open != h->in) { /* a paragraph that begins with the end tag: it goes on where the hiding began */
		b->nodes[h->nodes] = b->nodes[b->open];
		b->open = h->nodes;
	}
	b->n = h->nodes + (b->open == h->nodes);
	b->doc->links_n = h->links;
	b->doc->headings_n = h->headings;
	b->raw_n = h->raw_n;
	b->links_open = h->links_open;
	b->count = h->count;
	b->doc->lead = h->lead;
	memcpy(b->raw, h->raw, (size_t)h->raw_n * sizeof *b->raw);
	b->hidden.name = (Str){0};
	while (b->struck_n && b->struck[b->struck_n - 1].node >= b->n)
		b->struck_n--;
	return str_from(s, end);
}

enum { MOST_BROKEN_TAGS = 50 }; /* in a piece: behind them everything is text, or reading could take the square of its length */

static void clean(Builder *b, Str s, bool block)
{
	if (b->hidden.name.n && (b->hidden.in == b->open || begins_paragraph(b)))
		s = unhide(b, s);
	size_t from = 0, i = 0, counted = 0;
	Tag *t = b->tag = b->tag ? b->tag : NEW(b->arena, Tag);
	for (int broken = 0; i < s.n && broken < MOST_BROKEN_TAGS;) {
		char *p = memchr(s.p + i, '<', s.n - i);
		if (!p)
			break;
		i = (size_t)(p - s.p);
		size_t skipped = skip_declaration(str_from(s, i));
		if (!skipped && !read_tag(b, str_from(s, i), t)) {
			i++;
			broken++;
			continue;
		}
		b->line += line_ends(str_n(s.p + counted, i - counted));
		counted = i;
		raw_text(b, str_n(s.p + from, i - from), block);
		if (skipped && !str_starts(str_from(s, i), S("<!--")))
			dropped(b, S("a declaration (<! or <?)"), NULL);
		i += skipped ? skipped : t->whole.n;
		if (!skipped) {
			const RawElement *e = element_of(t->name);
			clean_tag(b, t);
			if (e && e->flags & HIDE && !(e->flags & VOID) && !t->end) {
				size_t end = end_of_hidden(str_from(s, i), t->name);
				if (end == SIZE_MAX && !b->hidden.name.n)
					hide(b, t->name);
				i = end == SIZE_MAX ? s.n : i + end;
			}
		}
		from = i;
	}
	raw_text(b, str_from(s, from), block);
}

/* ---- Trusted ---- */

/* As it stands, but its links and pictures go through the link check like all others. */
static void trust(Builder *b, Str s)
{
	size_t from = 0, i = 0;
	Str kept = {memcpy(arena_bytes(b->arena, s.n), s.p, s.n), s.n};
	Tag *t = b->tag = b->tag ? b->tag : NEW(b->arena, Tag);
	for (int broken = 0; i < kept.n && broken < MOST_BROKEN_TAGS;) {
		size_t at = str_find_char(str_from(kept, i), '<');
		if (at == SIZE_MAX)
			break;
		i += at;
		size_t skipped = skip_declaration(str_from(kept, i));
		if (!skipped && !read_tag(b, str_from(kept, i), t)) {
			i++;
			broken++;
			continue;
		}
		i += skipped ? skipped : t->whole.n;
		const RawElement *e = skipped ? NULL : element_of(t->name);
		if (e && e->flags & HIDE && !t->end) {
			size_t end = end_of_hidden(str_from(kept, i), t->name);
			i = end == SIZE_MAX ? kept.n : i + end;
		}
		for (int k = 0; e && !(e->flags & HIDE) && k < t->n; k++) {
			const Attribute *a = t->attributes + k;
			if (!a->raw.n || !(str_eq(a->name, S("href")) || str_eq(a->name, S("src"))))
				continue;
			put_html(b, str_n(kept.p + from, (size_t)(a->raw.p - kept.p) - from), false);
			put_url(b, a->value);
			from = (size_t)(a->raw.p - kept.p) + a->raw.n;
		}
	}
	put_html(b, str_from(kept, from), false);
}

void raw_html(Builder *b, Str html, bool block)
{
	if (block && b->rules->html != DOC_HTML_TRUSTED)
		raw_before_block(b);
	switch (b->rules->html) {
	case DOC_HTML_TRUSTED: trust(b, html); break;
	case DOC_HTML_OFF:
		if (!str_starts(html, S("<!--")))
			dropped(b, S("raw HTML"), "`html: clean` in site.yaml or in the front matter shows it, without scripts and styles");
		break;
	case DOC_HTML_CLEAN: clean(b, html, block); break;
	}
	if (block)
		inline_end_block(b);
}
