/* liquid/parse: a template's text to blocks of nodes.
 *
 *   template = (text | output | tag)*
 *   output   = "{{" "-"? chain? "-"? "}}"
 *   tag      = "{%" "-"? name words "-"? "%}"
 *   block    = tag template (divider template)* end-tag
 *
 * The dash takes the white space off the text beside it. A fault drops its node and the parser carries on,
 * so that one run reports every fault of a file. */
#include "liquid/filters.h"

#include <stdarg.h>
#include <stdio.h>

enum { BLOCK_DEPTH = 100, FAULTS_PER_FILE = 50 };

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

void fault(Parser *p, uint32_t at, uint32_t len, Str message, Str hint)
{
	p->failed = true;
	p->gave_up = p->faults >= FAULTS_PER_FILE; /* the rest of the file is not read: each fault costs a search for its place */
	if (p->faults == FAULTS_PER_FILE)
		diag_add(p->diags,
			diag_at(DIAG_ERROR, "liquid", p->template->file, p->text, at, len ? len : 1,
				S("and more faults behind these 50; the rest of the file is not read"), (Str){0}));
	else if (p->faults < FAULTS_PER_FILE)
		diag_add(p->diags, diag_at(DIAG_ERROR, "liquid", p->template->file, p->text, at, len ? len : 1, message, hint));
	p->faults++;
}

void faultf(Parser *p, uint32_t at, uint32_t len, Str hint, const char *format, ...)
{
	char text[512];
	va_list v;
	va_start(v, format);
	int n = vsnprintf(text, sizeof text, format, v);
	va_end(v);
	fault(p, at, len, str_n(text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1), hint);
}

void block_add(Parser *p, Block *b, Node n)
{
	ARENA_ROOM(p->arena, b->nodes, b->n, b->cap);
	b->nodes[b->n++] = n;
	b->blank = b->blank && n.blank;
}

void drop_blank(Block *b)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < b->n; i++)
		if (b->nodes[i].kind != NODE_TEXT || !b->nodes[i].blank)
			b->nodes[kept++] = b->nodes[i];
	b->n = kept;
}

static void add_text(Parser *p, Block *b, uint32_t from, uint32_t to, bool trim_end)
{
	Str s = str_n(p->text.p + from, to - from);
	if (p->trim)
		while (s.n && ascii_is_space(*s.p))
			s = str_from(s, 1);
	if (trim_end)
		while (s.n && ascii_is_space(s.p[s.n - 1]))
			s.n--;
	p->trim = false;
	if (s.n)
		block_add(p, b,
			(Node){.kind = NODE_TEXT,
				.at = (uint32_t)(s.p - p->text.p),
				.len = (uint32_t)s.n,
				.text = s,
				.blank = !str_trim(s).n});
}

/* The next "{{" or "{%"; the text's end when there is none. */
static uint32_t find_open(Str text, uint32_t at)
{
	while (at + 1 < text.n) {
		const char *hit = memchr(text.p + at, '{', text.n - at - 1);
		if (!hit)
			break;
		if (hit[1] == '{' || hit[1] == '%')
			return (uint32_t)(hit - text.p);
		at = (uint32_t)(hit - text.p) + 1;
	}
	return (uint32_t)text.n;
}

/* The two signs that close an output or a tag. By memchr, which stops where it finds. */
static uint32_t find_close(Str text, uint32_t at, const char close[2])
{
	while (at + 1 < text.n) {
		const char *hit = memchr(text.p + at, close[0], text.n - at - 1);
		if (!hit)
			break;
		at = (uint32_t)(hit - text.p);
		if (hit[1] == close[1])
			return at;
		at++;
	}
	return UINT32_MAX;
}

/* The inside of {{ }} or {% %} at an opening: its range, where the text goes on, and whether it trims. */
typedef struct Inside {
	uint32_t from, to, next;
	bool trim_before, trim_after;
} Inside;

static bool find_inside(const Parser *p, uint32_t open, Inside *in)
{
	bool output = p->text.p[open + 1] == '{';
	in->from = open + 2;
	in->trim_before = in->from < p->text.n && p->text.p[in->from] == '-';
	in->from += in->trim_before;
	in->to = find_close(p->text, in->from, output ? "}}" : "%}");
	if (in->to == UINT32_MAX)
		return false;
	in->next = in->to + 2;
	in->trim_after = in->to > open + 2 && p->text.p[in->to - 1] == '-';
	if (in->trim_after && in->to > in->from)
		in->to--;
	return true;
}

static void parse_output(Parser *p, Block *b, Inside in)
{
	Words w = words_of(p, in.from, in.to);
	Node n = {.kind = NODE_OUTPUT, .at = w.token.at, .len = (uint32_t)str_trim(str_n(p->text.p + in.from, in.to - in.from)).n};
	size_t inner = str_find(str_n(p->text.p + in.from, in.to - in.from), S("{%"));
	if (inner != SIZE_MAX) {
		fault(p, in.from - 2, 2, S("'{{' is not closed by '}}' before a tag begins"), S("close it with }}"));
		return;
	}
	if (w.token.kind == T_END) {
		n.kind = NODE_TEXT; /* {{ }} prints nothing, but makes its block one that prints */
		block_add(p, b, n);
		return;
	}
	if ((n.chain = parse_chain(p, &w)) && parse_end(p, &w))
		block_add(p, b, n);
	else
		b->blank = false;
}

static bool among(const char *words, Str name)
{
	for (Str rest = str_of(words); rest.n;)
		if (str_eq(str_cut(&rest, ' '), name))
			return true;
	return false;
}

static Str line_of(const Parser *p, uint32_t at)
{
	uint32_t line, column;
	Str source;
	diag_locate(p->text, at, &line, &column, &source);
	return str_printf(p->arena, "%u", line);
}

/* An end or divider that fits no block at hand. True: an outer block is waiting for it. */
static bool stray(Parser *p, Str name, uint32_t at)
{
	for (const Open *o = p->open ? p->open->outer : NULL; o; o = o->outer)
		if (among(o->stops, name)) {
			faultf(p, at, (uint32_t)name.n, str_printf(p->arena, "put {%% end%.*s %%} before it", STR_ARG(p->open->name)),
				"`%.*s` stands where the `%.*s` of line %.*s is still open", STR_ARG(name), STR_ARG(p->open->name),
				STR_ARG(line_of(p, p->open->at)));
			return true;
		}
	if (p->open)
		faultf(p, at, (uint32_t)name.n,
			str_printf(p->arena, "the `%.*s` of line %.*s waits for %s", STR_ARG(p->open->name),
				STR_ARG(line_of(p, p->open->at)), p->open->stops),
			"`%.*s` belongs to no open tag", STR_ARG(name));
	else
		faultf(p, at, (uint32_t)name.n, (Str){0}, "`%.*s` belongs to no open tag", STR_ARG(name));
	return false;
}

void unknown_tag(Parser *p, Str name, uint32_t at)
{
	Str names[64], hint = {0};
	size_t n = 0;
	for (; n < n_tag_rows && n < 48; n++)
		names[n] = tag_rows[n].row.name;
	for (size_t i = 0; i < p->engine->host.n_tags && n < 64; i++)
		names[n++] = p->engine->host.tags[i].name;
	Str near = nearest_name(name, names, n), instead = tag_replacement(name);
	if (instead.n)
		hint = instead;
	else if (name.n && filter_find(p->engine, name))
		hint = str_printf(p->arena, "`%.*s` is a filter: {{ value | %.*s }}", STR_ARG(name), STR_ARG(name));
	else if (near.n)
		hint = str_printf(p->arena, "did you mean `%.*s`?", STR_ARG(near));
	faultf(p, at, (uint32_t)name.n, hint, "there is no tag `%.*s`", STR_ARG(name));
}

/* name = "#" | word+ */
static Str tag_name(const Parser *p, uint32_t *at, uint32_t end)
{
	while (*at < end && ascii_is_space(p->text.p[*at]))
		++*at;
	uint32_t from = *at;
	if (from < end && p->text.p[from] == '#')
		return str_n(p->text.p + (*at)++, 1);
	while (*at < end && is_word(p->text.p[*at]))
		++*at;
	return str_n(p->text.p + from, *at - from);
}

static bool is_divider(Str name)
{
	return str_starts(name, S("end")) || among("else elsif when", name);
}

static void parse_tag_body(Parser *p, Block *b, Str name, uint32_t at, uint32_t end)
{
	Node n = {.kind = NODE_TAG, .at = at, .tag = tag_find(p->engine, name)};
	n.len = (uint32_t)(str_trim_end(str_n(p->text.p + at, end - at)).n);
	if (!n.tag) {
		unknown_tag(p, name, at);
		b->blank = false;
		return;
	}
	p->tag = name;
	p->tag_at = at;
	p->tag_len = n.len;
	p->words = words_of(p, at + (uint32_t)name.n, end);
	n.blank = n.tag->blank;
	if (n.tag->parse(p, &n))
		block_add(p, b, n);
	else
		b->blank = b->blank && n.blank;
}

/* One tag whose inside is known. True: it is one the block stops at, or an outer one's. */
static bool parse_tag(Parser *p, Block *b, uint32_t from, uint32_t to, const char *stops, uint32_t back)
{
	uint32_t at = from;
	Str name = tag_name(p, &at, to);
	uint32_t name_at = (uint32_t)(name.p - p->text.p);
	if (!name.n) {
		fault(p, from, to > from ? to - from : 1, S("a tag without a name"), (Str){0});
		return false;
	}
	if (among(stops, name)) {
		p->stop = name;
		p->stop_words = words_of(p, at, to);
		p->tag_at = name_at;
		return true;
	}
	if (is_divider(name)) {
		if (!stray(p, name, name_at))
			return false;
		p->stop = (Str){0};
		p->at = back;
		return true;
	}
	parse_tag_body(p, b, name, name_at, to);
	return false;
}

/* Inside {% liquid %}: a tag a line. */
static bool parse_lines(Parser *p, Block *b, const char *stops)
{
	while (p->at < p->lines_end && !p->gave_up) {
		uint32_t from = p->at;
		Str rest = str_n(p->text.p + from, p->lines_end - from), line = str_cut(&rest, '\n');
		p->at = from + (uint32_t)line.n + (rest.p ? 1 : 0);
		line = str_trim(line);
		uint32_t at = (uint32_t)(line.p - p->text.p);
		if (line.n && parse_tag(p, b, at, at + (uint32_t)line.n, stops, from))
			return true;
	}
	return false;
}

static bool parse_text(Parser *p, Block *b, const char *stops)
{
	while (p->at < p->text.n && !p->gave_up) {
		uint32_t open = find_open(p->text, p->at);
		Inside in = {0};
		if (open == p->text.n || !find_inside(p, open, &in)) {
			add_text(p, b, p->at, open, false);
			p->at = (uint32_t)p->text.n;
			if (open < p->text.n)
				fault(p, open, 2,
					p->text.p[open + 1] == '{' ? S("'{{' is not closed by '}}'") : S("'{%' is not closed by '%}'"),
					(Str){0});
			return false;
		}
		add_text(p, b, p->at, open, in.trim_before);
		p->at = in.next;
		p->trim = in.trim_after;
		if (p->text.p[open + 1] == '{')
			parse_output(p, b, in);
		else if (parse_tag(p, b, in.from, in.to, stops, open))
			return true;
	}
	return false;
}

bool parse_block(Parser *p, Block *b, const char *stops)
{
	Open open = {p->open, p->tag, stops, p->tag_at, p->tag_len};
	b->blank = true;
	if (p->depth >= BLOCK_DEPTH) {
		fault(p, p->tag_at, p->tag_len, S("tags are nested more than 100 deep; the rest of the file is not read"), (Str){0});
		p->at = p->lines ? p->lines_end : (uint32_t)p->text.n;
		return false;
	}
	p->open = *stops ? &open : NULL;
	p->depth++;
	bool stopped = p->lines ? parse_lines(p, b, stops) : parse_text(p, b, stops);
	p->depth--;
	p->open = open.outer;
	if (*stops && !stopped) {
		Str last = str_of(stops);
		while (str_find_char(last, ' ') != SIZE_MAX)
			str_cut(&last, ' ');
		faultf(p, open.at, (uint32_t)open.name.n, (Str){0}, "`%.*s` is never closed by {%% %.*s %%}", STR_ARG(open.name),
			STR_ARG(last));
	}
	return stopped && p->stop.n;
}

/* raw = everything up to {% end %}, as it stands */
bool parse_raw(Parser *p, const char *end, Str *body)
{
	Str name = str_of(end);
	uint32_t at = p->at, limit = p->lines ? p->lines_end : (uint32_t)p->text.n, open_at = p->tag_at;
	p->trim = false;
	while (at < limit && !p->lines) {
		at = find_close(p->text, at, "{%");
		if (at == UINT32_MAX)
			break;
		Inside in;
		uint32_t word = at + 2 + (at + 2 < limit && p->text.p[at + 2] == '-');
		if (str_eq(tag_name(p, &word, limit), name) && find_inside(p, at, &in)) {
			*body = str_n(p->text.p + p->at, at - p->at);
			p->at = in.next;
			p->trim = in.trim_after;
			return true;
		}
		at += 2;
	}
	faultf(p, open_at, (uint32_t)p->tag.n, (Str){0}, "`%.*s` is never closed by {%% %s %%}", STR_ARG(p->tag), end);
	p->at = limit;
	return false;
}

bool parse_template(Liquid *l, LiquidTemplate *t, Arena *arena, Diags *diags)
{
	Parser p = {.engine = l, .template = t, .diags = diags, .text = t->text, .at = (uint32_t)t->start};
	p.once = arena != NULL;
	p.arena = arena ? arena : &l->arena;
	if (t->text.n >= UINT32_MAX / 2) {
		diag_add(diags,
			(Diag){.level = DIAG_ERROR,
				.check = "liquid",
				.file = t->file,
				.message = S("a template of 2 GiB or more; not read")});
		return false;
	}
	parse_block(&p, &t->body, "");
	if (!p.failed && t->escape == LIQUID_HTML)
		lint_template(&p, t);
	return !p.failed;
}
