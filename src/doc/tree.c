/* The parser's events become the flat tree, in one pass. A container knows where its descendants end, so the
 * tree is walked by counting up; nothing here recurses. */
#include "doc/inner.h"

#include <stdlib.h>

/* ---- Nodes ---- */

static uint32_t node_add(Builder *b, DocKind kind, Str text)
{
	if (b->n == b->cap) {
		b->cap *= 2;
		b->nodes = mem_resize(b->nodes, b->cap, sizeof *b->nodes);
	}
	b->nodes[b->n] = (DocNode){.kind = (uint8_t)kind, .end = b->n + 1, .parent = b->open, .line = b->line, .text = text.p, .n = (uint32_t)text.n};
	return b->n++;
}

uint32_t node_leaf(Builder *b, DocKind kind, Str text)
{
	return node_add(b, kind, text);
}

uint32_t node_open(Builder *b, DocKind kind)
{
	if (++b->depth > DEEPEST)
		b->failed = "it is nested more than 200 levels deep";
	return b->open = node_add(b, kind, (Str){0});
}

void node_close(Builder *b)
{
	raw_end_container(b);
	while (b->struck_n && b->nodes[b->struck[b->struck_n - 1].node].parent == b->open)
		b->struck_n--;
	b->nodes[b->open].end = b->n;
	b->open = b->nodes[b->open].parent;
	b->depth--;
}

bool node_wrap(Builder *b, uint32_t opener, DocKind kind)
{
	if (b->hidden.name.n && opener < b->hidden.nodes)
		return false; /* what is hidden goes again, and with it this end */
	DocNode *n = b->nodes + opener;
	n->kind = (uint8_t)kind;
	n->end = b->n;
	n->n = 0;
	for (uint32_t i = opener + 1; i < b->n; i = b->nodes[i].end)
		b->nodes[i].parent = opener;
	return true;
}

static Str keep(Builder *b, Str s)
{
	return s.n ? (Str){memcpy(arena_bytes(b->arena, s.n), s.p, s.n), s.n} : (Str){0};
}

void text_leaf(Builder *b, Str s)
{
	if (!s.n)
		return;
	unsigned seen = bytes_seen(s);
	count_words(&b->count, s, seen);
	uint32_t at = node_leaf(b, DOC_TEXT, keep(b, s));
	if (!(seen & B_ESC))
		b->nodes[at].flags |= DOC_PLAIN;
}

/* ---- Diagnostics ---- */

enum { MOST_SAID = 200 /* of one text */ };

static void index_lines(Builder *b)
{
	uint32_t cap = 64;
	b->line_starts = mem_resize(NULL, cap, sizeof *b->line_starts);
	Str rest = b->markdown, line;
	bool returns = str_find_char(rest, '\r') != SIZE_MAX; /* else lines end one way, which memchr finds faster */
	while (rest.n) {
		if (b->lines_n == cap)
			b->line_starts = mem_resize(b->line_starts, cap *= 2, sizeof *b->line_starts);
		b->line_starts[b->lines_n++] = (uint32_t)(rest.p - b->markdown.p);
		if (returns)
			str_line(&rest, &line);
		else
			str_cut(&rest, '\n');
	}
}

static Str source_line(Builder *b, uint32_t line)
{
	if (!b->line_starts)
		index_lines(b);
	if (line < b->first_line || line - b->first_line >= b->lines_n)
		return (Str){0};
	Str rest = str_from(b->markdown, b->line_starts[line - b->first_line]), found = {0};
	str_line(&rest, &found);
	return found;
}

void doc_say(Builder *b, DiagLevel level, const char *check, uint32_t line, uint32_t column, Str message, Str hint)
{
	if (!b->diags || b->said++ >= MOST_SAID)
		return;
	if (level == DIAG_ERROR && b->rules->draft)
		level = DIAG_WARNING;
	diag_add(b->diags, (Diag){.level = level, .check = check, .file = b->doc->file, .line = line, .column = column, .span = column != 0,
	                          .source = source_line(b, line), .message = message, .hint = hint});
}

/* ---- Links ---- */

enum { ADDRESSES_FREE = 512 << 10, ADDRESSES_TIMES = 32 }; /* bytes of addresses: so many, and so many times the text */

/* cmark gives bytes, rough inside containers: the bracket is looked for, else the address itself. */
static void place_link(Builder *b, DocLink *l)
{
	LinkPlace *p = &b->place;
	if (p->line != l->line)
		*p = (LinkPlace){.line = l->line, .source = source_line(b, l->line)};
	char first = l->kind == DOC_LINK_IMAGE ? '!' : '[';
	size_t at = l->column ? l->column - 1 : SIZE_MAX;
	if (at < p->at || at >= p->source.n || (p->source.p[at] != first && p->source.p[at] != '<')) {
		Str rest = str_from(p->source, p->at);
		at = str_find(rest, l->kind == DOC_LINK_AUTO ? l->text : l->target);
		size_t bracket = at != SIZE_MAX && at > 1 && rest.p[at - 1] == '(' ? str_rfind_char(str_upto(rest, at), first) : SIZE_MAX;
		at = bracket != SIZE_MAX ? bracket + p->at : at != SIZE_MAX ? at + p->at : at;
	}
	l->column = 0;
	if (at == SIZE_MAX)
		return;
	p->column += (uint32_t)utf8_count(str_n(p->source.p + p->at, at - p->at));
	p->at = at;
	l->column = p->column + 1;
}

void link_done(Builder *b, uint32_t number)
{
	DocLink *l = b->links + number;
	place_link(b, l);
	if (l->refused)
		doc_say(b, DIAG_WARNING, "link-scheme", l->line, l->column,
		        str_printf(b->arena, "the address %.*s is not one that a page may carry; %s", STR_ARG(str_upto(l->target, 60)),
		                   l->kind == DOC_LINK_IMAGE ? "the picture is left out" : "its words are shown without a link"),
		        S("use http:, https:, mailto:, tel: or a path"));
}

uint32_t link_add(Builder *b, DocLink link)
{
	ARENA_ROOM(b->arena, b->links, b->doc->links_n, b->links_cap);
	link.line = link.line ? link.line : b->line;
	link.external = doc_url_external(link.target);
	link.refused = !doc_url_allowed(link.target);
	b->address_bytes += link.target.n + link.title.n;
	if (b->address_bytes > ADDRESSES_FREE + ADDRESSES_TIMES * b->markdown.n)
		b->failed = "its link references repeat long addresses";
	b->links[b->doc->links_n] = link;
	return b->doc->links_n++;
}

Str text_between(Builder *b, uint32_t from, uint32_t to)
{
	if (to == from + 1 && b->nodes[from].kind == DOC_TEXT)
		return (Str){b->nodes[from].text, b->nodes[from].n};
	Buf out = {0};
	for (uint32_t i = from; i < to; i = b->nodes[i].kind == DOC_IMAGE ? b->nodes[i].end : i + 1) {
		const DocNode *n = b->nodes + i;
		if (n->kind == DOC_TEXT || n->kind == DOC_CODE_SPAN)
			buf_puts(&out, (Str){n->text, n->n});
		else if (n->kind == DOC_SOFT_BREAK || n->kind == DOC_HARD_BREAK)
			buf_putc(&out, ' ');
		else if (n->kind == DOC_IMAGE && b->links[n->ref].text.n)
			buf_puts(&out, b->links[n->ref].text);
	}
	Str s = str_dup(b->arena, buf_str(&out));
	buf_release(&out);
	return s;
}

/* cmark puts <https://...> inside the words of a link; HTML has no link in a link. */
static bool in_link(const Builder *b, uint32_t at)
{
	for (uint32_t i = b->nodes[at].parent; b->links_open && i; i = b->nodes[i].parent)
		if (b->nodes[i].kind == DOC_LINK)
			return true;
	return false;
}

static void open_link(Builder *b, const MdEvent *e)
{
	bool image = e->kind == MD_IMAGE;
	uint32_t at = node_open(b, image ? DOC_IMAGE : DOC_LINK);
	DocLink link = {.kind = image ? DOC_LINK_IMAGE : DOC_LINK_TEXT, .node = at, .target = keep(b, e->url), .title = keep(b, e->info),
	                .line = b->line, .column = e->column > 0 ? (uint32_t)e->column : 0};
	if (!image && (raw_link_open(b) || in_link(b, at))) /* its words only */
		b->nodes[at].kind = DOC_SPAN;
	else
		b->nodes[at].ref = link_add(b, link);
	b->links_open++;
}

static void close_link(Builder *b)
{
	uint32_t at = b->open;
	node_close(b);
	b->links_open--;
	if (b->nodes[at].kind == DOC_SPAN)
		return;
	DocLink *l = b->links + b->nodes[at].ref;
	l->text = text_between(b, at + 1, b->n);
	if (at + 1 < b->n && b->nodes[at + 1].line && b->nodes[at + 1].line < l->line)
		l->line = b->nodes[at].line = b->nodes[at + 1].line; /* cmark gives the line of the closing bracket */
	link_done(b, b->nodes[at].ref);
}

/* ---- Headings ---- */

static Str explicit_id(Builder *b, Str *raw) /* "Title {#name}" */
{
	Str s = str_trim_end(*raw);
	size_t at = str_rfind_char(s, '{');
	if (!str_ends(s, S("}")) || at == SIZE_MAX || at + 3 > s.n || s.p[at + 1] != '#')
		return (Str){0};
	Str id = str_n(s.p + at + 2, s.n - at - 3);
	DocNode *last = b->nodes + b->n - 1;
	Str text = {last->text, last->n};
	size_t cut = str_rfind_char(text, '{');
	if (last->kind != DOC_TEXT || cut == SIZE_MAX || !str_ends(str_trim_end(text), S("}")))
		return (Str){0};
	for (size_t i = 0; i < id.n; i++)
		if (!(byte_class[(unsigned char)id.p[i]] & (B_WORD | B_HIGH)) && !strchr("-_.:", id.p[i]))
			return (Str){0};
	if (!id.n)
		return (Str){0};
	id = id_take(b, id) ? str_dup(b->arena, id) : id_of(b, id); /* one that is taken, or ours, is told apart */
	last->n = (uint32_t)str_trim_end(str_upto(text, cut)).n;
	*raw = str_upto(s, at);
	return id;
}

static void open_heading(Builder *b, int level)
{
	uint32_t at = node_open(b, DOC_HEADING);
	b->nodes[at].level = (uint8_t)level;
	b->has_h1 |= level == 1;
	b->in_heading = true;
	buf_clear(&b->plain);
}

static void close_heading(Builder *b)
{
	uint32_t at = b->open;
	Str raw = buf_str(&b->plain), id = explicit_id(b, &raw);
	node_close(b);
	inline_end_block(b);
	b->in_heading = false;
	heading_add(b, at, id, raw);
}

/* The node's heading is whole. raw: its text before typography; empty: as it is. */
void heading_add(Builder *b, uint32_t at, Str id, Str raw)
{
	DocNode *n = b->nodes + at;
	Str text = str_trim(text_between(b, at + 1, b->n));
	if (!text.n && b->n == at + 1) {
		n->flags |= DOC_DROPPED;
		doc_say(b, DIAG_WARNING, "heading-empty", n->line, 0, S("this heading has no words; it was left out"), (Str){0});
		return;
	}
	ARENA_ROOM(b->arena, b->headings, b->doc->headings_n, b->headings_cap);
	n->ref = b->doc->headings_n++;
	b->headings[n->ref] = (DocHeading){.node = at, .line = n->line, .level = n->level, .id = id.n ? id : id_of(b, raw.n ? raw : text), .text = text};
}

/* ---- Boxes, figures, cards ---- */

/* The word of [!NOTE] at the start of a text, and how many bytes it takes; 0: none. */
static size_t box_word(Str s, Str *word)
{
	if (!str_starts(s, S("[!")))
		return 0;
	size_t i = 2;
	while (i < s.n && i < 34 && ((byte_class[(unsigned char)s.p[i]] & B_WORD) || s.p[i] == '-'))
		i++;
	if (i == 2 || i >= s.n || s.p[i] != ']')
		return 0;
	*word = str_n(s.p + 2, i - 2);
	i++;
	while (i < s.n && s.p[i] == ' ')
		i++;
	return i;
}

/* The first text of a block quote: when it is [!WORD], the quote becomes a box and its paragraph the title. */
static Str begin_box(Builder *b, Str text)
{
	DocNode *p = b->nodes + b->open;
	if (p->kind != DOC_PARAGRAPH || b->n != b->open + 1 || p->parent + 1 != b->open || b->nodes[p->parent].kind != DOC_QUOTE)
		return text;
	Str word;
	size_t n = box_word(text, &word);
	if (!n)
		return text;
	Str name = str_lower_ascii(b->arena, word);
	DocNode *box = b->nodes + p->parent;
	box->kind = DOC_BOX;
	box->text = name.p;
	box->n = (uint32_t)name.n;
	p->kind = DOC_BOX_TITLE;
	return str_from(text, n);
}

static void drop_if_empty(Builder *b, uint32_t at)
{
	if (b->n == at + 1)
		b->n = at;
}

/* A line break ends a box's title; what follows it is the box's first paragraph. */
static bool end_box_title(Builder *b)
{
	uint32_t at = b->open;
	if (b->nodes[at].kind != DOC_BOX_TITLE)
		return false;
	node_close(b);
	inline_end_block(b);
	drop_if_empty(b, at);
	node_open(b, DOC_PARAGRAPH);
	return true;
}

/* To make cards for another place, add a row. path: NULL, or how the address has to go on behind the host. */
static const struct {
	const char *host, *path;
	bool podcast;
} players[] = {
	{"youtube.com", "/watch", false}, {"youtube.com", "/live/", false}, {"youtube.com", "/shorts/", false},
	{"youtube.com", "/playlist", false}, {"youtu.be", "/", false}, {"vimeo.com", "/", false}, {"dailymotion.com", "/video/", false},
	{"ted.com", "/talks/", false}, {"tv.naver.com", "/", false}, {"bilibili.com", "/video/", false}, {"media.ccc.de", "/v/", false},
	{"open.spotify.com", "/episode/", true}, {"open.spotify.com", "/show/", true}, {"podcasts.apple.com", "/", true},
	{"soundcloud.com", "/", true}, {"podbbang.com", "/", true}, {"podbean.com", "/", true}, {"overcast.fm", "/", true},
};

static bool is_media(Str url, Str *host, bool *podcast)
{
	static const char *const ends[] = {".mp4", ".webm", ".m4v", ".mp3", ".m4a", ".ogg", ".opus"};
	size_t at = str_find(url, S("://"));
	if (at == SIZE_MAX || !(str_starts(url, S("http:")) || str_starts(url, S("https:"))))
		return false;
	Str rest = str_from(url, at + 3), path = rest;
	*host = str_cut(&path, '/');
	path = path.p ? (Str){path.p - 1, path.n + 1} : S("");
	if (str_starts(*host, S("www.")))
		*host = str_from(*host, 4);
	else if (str_starts(*host, S("m.")))
		*host = str_from(*host, 2);
	for (size_t i = 0; i < sizeof players / sizeof *players; i++)
		if (str_eq_nocase(*host, str_of(players[i].host)) && str_starts(path, str_of(players[i].path)) && path.n > 1) {
			*podcast = players[i].podcast;
			return true;
		}
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_ends(path, str_of(ends[i]))) {
			*podcast = i >= 3;
			return true;
		}
	return false;
}

static void close_paragraph(Builder *b)
{
	uint32_t at = b->open;
	node_close(b);
	inline_end_block(b);
	DocNode *p = b->nodes + at;
	if (p->kind == DOC_BOX_TITLE || b->n == at + 1) {
		drop_if_empty(b, at);
		return;
	}
	const DocNode *only = p[1].end == b->n ? p + 1 : NULL;
	Str host;
	bool podcast;
	if (only && only->kind == DOC_IMAGE) {
		p->kind = DOC_FIGURE;
	} else if (only && only->kind == DOC_LINK && is_media(b->links[only->ref].target, &host, &podcast)) {
		p->kind = DOC_CARD;
		p->level = podcast;
		p->text = host.p;
		p->n = (uint32_t)host.n;
	} else if (!b->doc->lead.n && (p->parent == 0)) {
		b->doc->lead = str_trim(text_between(b, at + 1, b->n));
	}
}

/* ---- Tables ---- */

enum { WIDE_COLUMNS = 5, WIDE_BYTES = 90 };

static void open_cell(Builder *b)
{
	uint32_t at = node_open(b, DOC_CELL);
	b->nodes[at].level = b->align && b->column < b->columns ? b->align[b->column] : 0;
	b->nodes[at].flags = b->head_row ? DOC_HEAD : 0;
	b->column++;
}

static void close_row(Builder *b)
{
	uint32_t at = b->open, bytes = 0;
	node_close(b);
	for (uint32_t i = at; i < b->n; i++)
		bytes += b->nodes[i].kind == DOC_TEXT ? b->nodes[i].n : 0;
	DocNode *table = b->nodes + b->nodes[at].parent;
	if (bytes > WIDE_BYTES || b->columns >= WIDE_COLUMNS)
		table->flags |= DOC_WIDE;
}

/* ---- Events ---- */

static void open_block(Builder *b, const MdEvent *e)
{
	uint32_t at;
	raw_before_block(b);
	switch (e->kind) {
	case MD_PARAGRAPH: node_open(b, DOC_PARAGRAPH); break;
	case MD_HEADING: open_heading(b, e->level); break;
	case MD_QUOTE: node_open(b, DOC_QUOTE); break;
	case MD_LIST:
		at = node_open(b, DOC_LIST);
		b->nodes[at].flags = (uint8_t)((e->ordered ? DOC_ORDERED : 0) | (e->tight ? DOC_TIGHT : 0));
		b->nodes[at].ref = (uint32_t)e->number;
		break;
	case MD_ITEM:
		at = node_open(b, DOC_ITEM);
		b->nodes[at].flags = (uint8_t)((e->task ? DOC_TASK : 0) | (e->checked ? DOC_CHECKED : 0));
		break;
	case MD_FOOTNOTE:
		if (b->nodes[b->open].kind != DOC_NOTES) {
			raw_end_container(b);
			node_open(b, DOC_NOTES);
		}
		at = node_open(b, DOC_NOTE);
		b->nodes[at].ref = (uint32_t)e->number;
		b->nodes[at].level = (uint8_t)(e->level < 255 ? e->level : 255);
		b->doc->notes_n = (uint32_t)e->number;
		break;
	case MD_TABLE:
		b->align = e->align;
		b->columns = e->columns;
		node_open(b, DOC_TABLE);
		break;
	case MD_ROW:
		at = node_open(b, DOC_ROW);
		b->nodes[at].flags = e->head ? DOC_HEAD : 0;
		b->head_row = e->head;
		b->column = 0;
		break;
	case MD_CELL: open_cell(b); break;
	default: node_open(b, DOC_SPAN); break;
	}
}

static void leaf(Builder *b, const MdEvent *e)
{
	uint32_t at;
	switch (e->kind) {
	case MD_TEXT:
		inline_text(b, b->n == b->open + 1 ? begin_box(b, e->text) : e->text, e->followed);
		break;
	case MD_SOFT_BREAK:
	case MD_HARD_BREAK:
		b->count.in_word = false;
		b->quotes.before = ' ';
		if (b->in_heading)
			buf_putc(&b->plain, ' ');
		if (!end_box_title(b))
			node_leaf(b, e->kind == MD_SOFT_BREAK ? DOC_SOFT_BREAK : DOC_HARD_BREAK, (Str){0});
		break;
	case MD_CODE_SPAN:
		count_words(&b->count, e->text, B_HIGH);
		b->quotes.before = 'x';
		if (b->in_heading)
			buf_puts(&b->plain, e->text);
		node_leaf(b, DOC_CODE_SPAN, keep(b, e->text));
		break;
	case MD_CODE:
		raw_before_block(b);
		count_words(&b->count, e->text, B_HIGH);
		b->count.in_word = false;
		at = node_leaf(b, DOC_CODE, keep(b, e->text));
		Str info = e->info;
		for (size_t i = 0; i < info.n; i++)
			if ((byte_class[(unsigned char)info.p[i]] & B_SPACE) || info.p[i] == '{')
				info.n = i;
		if (info.n) { /* the language stands behind the text */
			uint32_t n = b->nodes[at].n;
			char *both = arena_bytes(b->arena, n + info.n);
			memcpy(both, e->text.p, n);
			memcpy(both + n, info.p, info.n);
			b->nodes[at].text = both;
			b->nodes[at].ref = (uint32_t)info.n;
		}
		break;
	case MD_HTML:
	case MD_HTML_SPAN:
		raw_html(b, e->text, e->kind == MD_HTML);
		break;
	case MD_RULE:
		raw_before_block(b);
		node_leaf(b, DOC_RULE, (Str){0});
		break;
	case MD_FOOTNOTE_REF:
		at = node_leaf(b, DOC_NOTE_REF, (Str){0});
		b->nodes[at].ref = (uint32_t)e->number;
		b->nodes[at].level = (uint8_t)(e->level < 255 ? e->level : 255);
		b->quotes.before = 'x';
		break;
	default:
		break;
	}
}

static void leave(Builder *b, const MdEvent *e)
{
	switch (e->kind) {
	case MD_PARAGRAPH: close_paragraph(b); break;
	case MD_HEADING: close_heading(b); break;
	case MD_LINK:
	case MD_IMAGE: close_link(b); break;
	case MD_ROW: close_row(b); break;
	case MD_CELL:
		node_close(b);
		inline_end_block(b);
		break;
	default: node_close(b); break;
	}
}

static void enter(Builder *b, const MdEvent *e)
{
	if (e->line)
		b->line = b->first_line + (uint32_t)e->line - 1;
	switch (e->kind) {
	case MD_DOCUMENT: break; /* node 0 stands */
	case MD_EMPHASIS: node_open(b, DOC_EMPHASIS); break;
	case MD_STRONG: node_open(b, DOC_STRONG); break;
	case MD_LINK:
	case MD_IMAGE: open_link(b, e); break;
	case MD_TEXT: case MD_SOFT_BREAK: case MD_HARD_BREAK: case MD_CODE_SPAN: case MD_HTML_SPAN: case MD_FOOTNOTE_REF:
	case MD_CODE: case MD_HTML: case MD_RULE:
		leaf(b, e);
		break;
	default: open_block(b, e); break;
	}
}

static void build(Builder *b)
{
	Md md;
	MdEvent e;
	if (!md_open(&md, b->markdown, guard_memory(b->markdown.n))) {
		b->failed = "reading it would take too much memory";
		return;
	}
	while (!b->failed && md_next(&md, &e)) {
		if (e.enter)
			enter(b, &e);
		else if (e.kind != MD_DOCUMENT)
			leave(b, &e);
	}
	if (b->failed)
		return;
	while (b->open) /* the notes */
		node_close(b);
	raw_end_container(b);
	b->nodes[0].end = b->n;
}

/* ---- The face ---- */

void doc_init(void)
{
	md_init();
}

/* A text that begins with no paragraph at its top: the first one anywhere, else its first words. */
static Str first_words(Builder *b)
{
	for (uint32_t i = 1; i < b->n && b->nodes[i].kind != DOC_NOTES; i++)
		if (b->nodes[i].kind == DOC_PARAGRAPH)
			return str_trim(text_between(b, i + 1, b->nodes[i].end));
	for (uint32_t i = 1; i < b->n && b->nodes[i].kind != DOC_NOTES; i++)
		if (b->nodes[i].kind == DOC_TEXT && b->nodes[b->nodes[i].parent].kind != DOC_HEADING)
			return str_trim((Str){b->nodes[i].text, b->nodes[i].n});
	return (Str){0};
}

static void finish(Builder *b)
{
	Doc *d = b->doc;
	if (!d->lead.n)
		d->lead = first_words(b);
	DocNode *nodes = NEW_N(b->arena, DocNode, b->n);
	memcpy(nodes, b->nodes, b->n * sizeof *nodes);
	for (uint32_t i = 0; b->has_h1 && i < d->headings_n; i++) { /* the page's title is its only heading of level 1 */
		DocHeading *h = b->headings + i;
		h->level += h->level < 6;
		nodes[h->node].level = (uint8_t)h->level;
	}
	d->nodes = nodes;
	d->nodes_n = b->n;
	d->headings = b->headings;
	d->links = b->links;
	d->words = b->count.words;
	d->characters = b->count.characters;
	d->minutes = doc_minutes(d->words, d->characters);
}

static void give_up(Builder *b, const char *why, uint32_t line)
{
	Str file = b->doc->file, lang = b->doc->lang;
	*b->doc = (Doc){.file = file, .lang = lang, .failed = true};
	b->n = 1;
	b->nodes[0] = (DocNode){.kind = DOC_ROOT, .end = 1};
	b->count = (Words){0};
	b->has_h1 = false;
	doc_say(b, DIAG_ERROR, "markdown-limit", line, 0, str_printf(b->arena, "this text cannot be read: %s; it was left out", why),
	        S("shorten it, or split it into several files"));
}

Doc *doc_parse(Str file, Str markdown, uint32_t first_line, const DocRules *rules, Arena *a, Diags *d)
{
	static const DocRules standard = {0};
	Doc *doc = NEW(a, Doc);
	*doc = (Doc){.file = file, .lang = rules ? rules->lang : (Str){0}};
	Builder b = {.doc = doc, .rules = rules ? rules : &standard, .arena = a, .diags = d, .markdown = without_controls(a, markdown), .first_line = first_line ? first_line : 1,
	             .cap = (uint32_t)(markdown.n / 48 < (1u << 20) ? markdown.n / 48 : 1u << 20) + 32, .n = 1, .ids = {.arena = a}};
	b.nodes = mem_resize(NULL, b.cap, sizeof *b.nodes);
	b.nodes[0] = (DocNode){.kind = DOC_ROOT, .end = 1};
	b.language = language_of(doc->lang);
	uint32_t line = 0;
	b.failed = guard_check(b.markdown, &line);
	if (!b.failed)
		build(&b);
	if (b.failed)
		give_up(&b, b.failed, line ? line + b.first_line - 1 : b.first_line);
	else
		raw_report(&b);
	finish(&b);
	free(b.nodes);
	buf_release(&b.plain);
	free(b.dropped);
	free(b.line_starts);
	return doc;
}
