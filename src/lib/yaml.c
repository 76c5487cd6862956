/* libyaml's events become a tree bottom up: finished nodes wait on a stack until the list or map that holds them
 * closes, then move to the arena in one piece. Open lists and maps are frames, so nothing here recurses while
 * the text's depth is unknown. libyaml counts marks in code points and breaks lines at U+0085, U+2028 and
 * U+2029 too; its line numbers are used as they are unless a text holds one of these. */
#include "lib/yaml.h"

#include "base/table.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <yaml.h>

typedef struct Frame {
	uint8_t kind;
	int anchor;      /* -1: none */
	uint32_t first;  /* its first node on the stack */
	uint32_t weight; /* nodes below it, aliases expanded */
	uint32_t height; /* lists and maps below it */
	Place place;
} Frame;

typedef struct Anchor {
	char *name;
	YamlNode node;
	Place place;
	uint32_t weight, height;
	bool open, used;
} Anchor;

typedef struct Reader {
	const YamlText *y;
	Arena *arena, *tree; /* of texts, of nodes */
	Diags *diags;
	yaml_parser_t parser;
	uint32_t first_line;
	bool odd_breaks;      /* U+0085, U+2028 or U+2029 occur */
	bool comments;        /* there may be one */
	bool ends;            /* a line that ends a document may occur */
	size_t index, offset; /* a code point's number and its byte, for walking forward */
	YamlNode *nodes;      /* the stack of finished ones */
	size_t n, cap;
	Frame frames[YAML_DEPTH];
	int depth;
	Anchor anchors[YAML_ALIASES];
	int anchors_n;
	uint32_t aliases, aliased;
	size_t events;
} Reader;

/* Messages */

/* The quoted form of a line's value, as a hint: `title: Foo: bar` gives `title: "Foo: bar"`. Empty: no `key: value`. */
static Str quoted_line(Arena *a, Str line)
{
	line = str_trim(line);
	size_t colon = str_find(line, S(": "));
	Str head = {0};
	if (colon != SIZE_MAX) {
		head = str_upto(line, colon + 2);
	} else if (str_starts(line, S("- "))) {
		head = str_upto(line, 2);
	}
	Str value = str_trim(str_from(line, head.n));
	if (!head.n || *head.p == ':' || !value.n)
		return (Str){0};
	bool twice = str_find_char(value, '"') != SIZE_MAX || str_find_char(value, '\\') != SIZE_MAX;
	Buf b = {0};
	for (size_t i = 0; i < value.n; i++) {
		buf_putc(&b, value.p[i]);
		if (twice && value.p[i] == '\'')
			buf_putc(&b, '\'');
	}
	const char *q = twice ? "'" : "\"";
	Str hint = str_printf(a, "quote the value: %.*s%s%.*s%s", STR_ARG(head), q, STR_ARG(buf_str(&b)), q);
	buf_release(&b);
	return hint;
}

/* What the value of a `key: value` line begins with; 0: none. */
static char value_begins(Str line)
{
	size_t colon = str_find(line, S(": "));
	Str value = str_trim(colon == SIZE_MAX ? (Str){0} : str_from(line, colon + 2));
	return value.n ? *value.p : 0;
}

#define QUOTED "\1" /* a hint: the line with its value in quotes */

/* libyaml's problem, in words for an editor. The last row takes whatever is left. */
static const struct Problem {
	const char *context, *problem; /* how libyaml's begin; NULL: any */
	const char *message, *hint;
	bool at_context; /* the place is where it began */
} problems[] = {
	{NULL, "found a tab character", "a tab is used for indentation", "indent with spaces, two for each level", false},
	{NULL, "found character that cannot start any token", "a value begins with a character that YAML keeps for itself", QUOTED, false},
	{"while scanning a simple key", "could not find expected ':'",
		"a line that is neither \"key: value\" nor part of the value above it",
		"write key, colon, space, value; indent the further lines of a long text", true},
	{"while scanning a quoted scalar", "found unexpected end", "a quotation mark is opened and never closed",
		"close it, or, when it is part of the text, " QUOTED, true},
	{"while scanning a quoted scalar", "found unexpected document", "a quotation mark is opened and never closed",
		"close it, or, when it is part of the text, " QUOTED, true},
	{"while parsing a quoted scalar", NULL, "a backslash in double quotes is followed by a letter that means nothing",
		"write the backslash twice, or put the text in single quotes", false},
	{"while scanning an alias", NULL, "a value that begins with * must be quoted", QUOTED, true},
	{"while scanning an anchor", NULL, "a value that begins with & must be quoted", QUOTED, true},
	{"while scanning a tag", NULL, "a value that begins with ! must be quoted", QUOTED, true},
	{"while parsing a tag", NULL, "a value that begins with ! must be quoted", QUOTED, true},
	{"while parsing a node", "found undefined tag", "a value that begins with ! must be quoted", QUOTED, true},
	{"while scanning a block scalar", NULL, "a long text marked with | or > begins on the next line", QUOTED, false},
	{"while parsing a block mapping", NULL, "this does not fit the lines above it", "begin the line exactly below the keys above it",
		false},
	{"while parsing a block collection", NULL, "this does not fit the list above it",
		"begin the line with \"- \", or indent it under its item", false},
	{"while parsing a flow sequence", NULL, "a list in [ ] is not closed, or lacks a comma",
		"close it with ], or quote the value when it is text", true},
	{"while parsing a flow mapping", NULL, "a group in { } is not closed, or lacks a comma",
		"close it with }, or quote the value when it is text", true},
	{NULL, "block sequence entries are not allowed", "a list item stands where none can be", "begin the list on a line of its own",
		false},
	{"while scanning a directive", NULL, "lines that begin with % are not supported", "take the line out, or quote the value", false},
	{"while parsing a block node", NULL, "this does not fit the lines above it", "begin the line exactly below the keys above it",
		false},
	{"while parsing a flow node", NULL, "a list in [ ] or a group in { } breaks off", "close it, or quote the value when it is text",
		true},
	{NULL, NULL, NULL, NULL, false},
};

/* The byte of a code point's number; walks forward from where it was. */
static size_t offset_of(Reader *r, size_t index)
{
	if (index < r->index)
		r->index = 0, r->offset = r->y->from;
	while (r->index < index && r->offset < r->y->to) {
		r->offset++;
		while (r->offset < r->y->to && ((unsigned char)r->y->text.p[r->offset] & 0xC0) == 0x80)
			r->offset++;
		r->index++;
	}
	return r->offset;
}

static Place place_of(Reader *r, yaml_mark_t from, yaml_mark_t to)
{
	Place p = {.span = to.line == from.line && to.column > from.column ? (uint32_t)(to.column - from.column) : 1};
	if (r->odd_breaks) {
		Str line;
		diag_locate(r->y->text, offset_of(r, from.index), &p.line, &p.column, &line);
	} else {
		p.line = r->first_line + (uint32_t)from.line;
		p.column = (uint32_t)from.column + 1;
	}
	return p;
}

static void say_at(Reader *r, DiagLevel level, const char *check, Place place, Str message, Str hint)
{
	if (r->diags)
		diag_add(r->diags, diag_in(level, check, r->y->file, r->y->text, place, message, hint));
}

static void say(Reader *r, Place place, Str message, Str hint)
{
	say_at(r, r->y->level, "yaml-syntax", place, message, hint);
}

/* As say, with the value of the place's line in quotes as the hint. */
static void say_quote(Reader *r, Place place, Str message)
{
	if (!r->diags)
		return;
	Diag x = diag_in(r->y->level, "yaml-syntax", r->y->file, r->y->text, place, message, (Str){0});
	x.hint = quoted_line(&r->diags->arena, x.source);
	diag_add(r->diags, x);
}

static bool begins(const char *text, const char *head)
{
	return !head || (text && strncmp(text, head, strlen(head)) == 0);
}

/* libyaml's "mapping values are not allowed" has three causes; the line tells which. */
static void say_colon(Diag *x, Arena *a)
{
	size_t first = str_find(x->source, S(": "));
	if (first != SIZE_MAX && x->column - 1 > utf8_count(str_upto(x->source, first))) {
		x->message = S("a colon and a space inside a value that is not quoted");
		x->hint = quoted_line(a, x->source);
		return;
	}
	x->message = S("this line reads as part of the line above it");
	x->hint = S("begin it exactly below the key above; see that the line above has a space behind its colon");
}

static void say_problem(Reader *r)
{
	const yaml_parser_t *y = &r->parser;
	Arena *a = &r->diags->arena;
	const struct Problem *p = problems;
	while ((p->message && !begins(y->context, p->context)) || !begins(y->problem, p->problem))
		p++;
	yaml_mark_t mark = p->at_context ? y->context_mark : y->problem_mark;
	Place place = place_of(r, mark, mark);
	Str message = str_of(p->message ? p->message : y->problem ? y->problem : "this cannot be read");
	Diag x = diag_in(r->y->level, "yaml-syntax", r->y->file, r->y->text, place, message, str_of(p->hint));
	char value = value_begins(x.source);
	if (begins(y->problem, "mapping values are not allowed")) {
		say_colon(&x, a);
	} else if (place.column <= x.source.n && x.source.p[place.column - 1] == '\t') {
		x.message = S("a tab is used for indentation"), x.hint = S("indent with spaces, two for each level");
	} else if (begins(y->context, "while parsing a block mapping") && value && strchr("\"'[{", value)) {
		x.message = S("something stands behind a closed quotation or bracket"), x.hint = quoted_line(a, x.source);
	} else if (str_ends(x.hint, S(QUOTED))) {
		Str quoted = quoted_line(a, x.source);
		x.hint = quoted.n ? str_join(a, str_upto(x.hint, x.hint.n - 1), quoted) : (Str){0};
	}
	diag_add(r->diags, x);
}

/* Before libyaml sees a text: what it would accept (UTF-16), or refuse without a line. */

enum { BYTE_PLAIN, BYTE_CONTROL, BYTE_LEAD };

static int byte_class(unsigned char c)
{
	if (c >= 0x80)
		return BYTE_LEAD;
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F ? BYTE_CONTROL : BYTE_PLAIN;
}

/* A code point above ASCII that YAML does not allow in a text (YAML 1.2.2 section 5.1). */
static bool is_forbidden(uint32_t rune)
{
	return (rune < 0xA0 && rune != 0x85) || rune == 0xFEFF || rune == 0xFFFE || rune == 0xFFFF;
}

static const char *scan_byte(Reader *r, Str s, size_t i, size_t *len)
{
	*len = 1;
	if (byte_class((unsigned char)s.p[i]) == BYTE_CONTROL)
		return s.p[i] ? "a control character, which no text may hold" : "a NUL byte, which no text may hold";
	uint32_t rune = utf8_decode(s, i, len);
	if (rune == UTF8_BAD)
		return "bytes that are not UTF-8";
	r->odd_breaks |= rune == 0x85 || rune == 0x2028 || rune == 0x2029;
	if (rune == 0xFEFF)
		return "a byte order mark in the middle of the text";
	return is_forbidden(rune) ? "a control character, which no text may hold" : NULL;
}

/* Whether eight bytes are all printable ASCII; false may be wrong, and is looked at again byte by byte. */
static bool all_plain(const char *p)
{
	uint64_t w, high = 0x8080808080808080u;
	memcpy(&w, p, sizeof w);
	return !(((w - 0x2020202020202020u) | (w + 0x0101010101010101u) | w) & high);
}

static bool scan_bytes(Reader *r)
{
	const YamlText *y = r->y;
	Str s = str_upto(y->text, y->to);
	for (size_t i = y->from, len; i < y->to; i += len) {
		len = 8;
		if (i + len <= y->to && all_plain(s.p + i))
			continue;
		len = 1;
		if (byte_class((unsigned char)s.p[i]) == BYTE_PLAIN)
			continue;
		const char *fault = scan_byte(r, s, i, &len);
		if (!fault)
			continue;
		if (r->diags) {
			bool encoding = strstr(fault, "UTF-8") != NULL;
			Str message = encoding ? str_printf(&r->diags->arena, "%s (byte %zu of the file)", fault, i + 1) : str_of(fault);
			diag_add(r->diags,
				diag_at(y->level, "yaml-syntax", y->file, y->text, i, 1, message,
					encoding ? S("save the file with the encoding UTF-8") : S("delete it and write the text around it anew")));
		}
		return false;
	}
	return true;
}

/* Two versions that git could not merge and nobody has: the first of its marks, or SIZE_MAX. */
static size_t conflict_mark(const YamlText *y)
{
	Str yaml = str_from(str_upto(y->text, y->to), y->from);
	if (str_starts(yaml, S("<<<<<<< ")))
		return y->from;
	if (str_find_char(yaml, '<') == SIZE_MAX) /* quicker to see */
		return SIZE_MAX;
	size_t at = str_find(yaml, S("\n<<<<<<< "));
	return at == SIZE_MAX ? at : y->from + at + 1;
}

/* Whether a line may end the document before its end. */
static bool may_end(Str yaml)
{
	if (str_find_char(yaml, '\r') != SIZE_MAX)
		return true;
	for (Str rest = yaml; rest.n;) {
		Str line = str_cut(&rest, '\n');
		if (str_starts(line, S("---")) || str_starts(line, S("...")))
			return true;
	}
	return false;
}

/* The first line that is neither empty nor a comment; its offset, or SIZE_MAX. */
static size_t first_content(const YamlText *y, size_t from)
{
	for (size_t i = from; i < y->to; i++) {
		size_t start = i;
		while (i < y->to && (y->text.p[i] == ' ' || y->text.p[i] == '\t'))
			i++;
		if (i < y->to && y->text.p[i] != '#' && y->text.p[i] != '\n' && y->text.p[i] != '\r')
			return start;
		while (i < y->to && y->text.p[i] != '\n' && y->text.p[i] != '\r')
			i++;
	}
	return SIZE_MAX;
}

bool yaml_is_utf16(Str text)
{
	if (text.n < 2)
		return false;
	unsigned char a = (unsigned char)text.p[0], b = (unsigned char)text.p[1];
	return !a || !b || (a == 0xFF && b == 0xFE) || (a == 0xFE && b == 0xFF);
}

static bool check_text(Reader *r)
{
	const YamlText *y = r->y;
	Str source;
	uint32_t column;
	size_t most = y->max_bytes ? y->max_bytes : YAML_BYTES;
	diag_locate(y->text, y->from, &r->first_line, &column, &source);
	if (y->to - y->from > most) {
		if (r->diags)
			say(r, (Place){r->first_line, 1, 1},
				str_printf(&r->diags->arena, "this is larger than %zu kB, the most that is read", most >> 10),
				S("move long text into the body"));
		return false;
	}
	if (yaml_is_utf16(y->text)) {
		say(r, (Place){0}, S("the file is UTF-16, not UTF-8"), S("save the file with the encoding UTF-8"));
		return false;
	}
	if (!scan_bytes(r))
		return false;
	size_t first = first_content(y, y->from);
	if (first != SIZE_MAX && y->text.p[first] == '%') {
		if (r->diags)
			diag_add(r->diags,
				diag_at(y->level, "yaml-syntax", y->file, y->text, first, 1, S("lines that begin with % are not supported"),
					S("take the line out")));
		return false;
	}
	size_t mark = conflict_mark(y);
	if (mark != SIZE_MAX) {
		if (r->diags)
			diag_add(r->diags,
				diag_at(y->level, "yaml-syntax", y->file, y->text, mark, 7,
					S("two versions of this were merged by git only in part"),
					S("keep the one that is right, and take out the lines that begin with <<<<<<<, ======= and "
					  ">>>>>>>")));
		return false;
	}
	Str yaml = str_from(str_upto(y->text, y->to), y->from);
	r->comments = str_find_char(yaml, '#') != SIZE_MAX;
	r->ends = may_end(yaml);
	return true;
}

/* Building */

static void push(Reader *r, YamlNode node, uint32_t weight, uint32_t height)
{
	if (r->n == r->cap) {
		r->cap *= 2;
		r->nodes = mem_resize(r->nodes, r->cap, sizeof(YamlNode));
	}
	r->nodes[r->n++] = node;
	if (r->depth) {
		Frame *f = &r->frames[r->depth - 1];
		f->weight += weight;
		f->height = height > f->height ? height : f->height;
	}
}

/* The number of a new anchor, -1 when there is none; false: too many. */
static bool anchor_open(Reader *r, yaml_char_t *name, Place place, int *number)
{
	*number = -1;
	if (!name)
		return true;
	if (r->anchors_n == YAML_ALIASES) {
		say(r, place, S("more than 100 anchors (&name)"), S("write the values out"));
		return false;
	}
	*number = r->anchors_n++;
	r->anchors[*number] = (Anchor){.name = strdup((char *)name), .place = place, .open = true};
	if (!r->anchors[*number].name)
		die_oom();
	return true;
}

static void anchor_close(Reader *r, int number, YamlNode node, uint32_t weight, uint32_t height)
{
	if (number < 0)
		return;
	Anchor *a = &r->anchors[number];
	a->node = node;
	a->weight = weight;
	a->height = height;
	a->open = false;
}

static bool tag_ok(Reader *r, const yaml_char_t *tag, Place place, bool *is_text)
{
	static const Str core[] = {
		STR_INIT("int"), STR_INIT("float"), STR_INIT("bool"), STR_INIT("null"), STR_INIT("seq"), STR_INIT("map")};
	Str name = str_of((const char *)tag), prefix = S("tag:yaml.org,2002:");
	if (!tag)
		return true;
	*is_text = str_eq(name, S("!")) || str_eq(name, S("tag:yaml.org,2002:str"));
	for (size_t i = 0; i < sizeof core / sizeof *core; i++)
		if (*is_text || (str_starts(name, prefix) && str_eq(str_from(name, prefix.n), core[i])))
			return true;
	say_quote(r, place, S("a value that begins with ! must be quoted"));
	return false;
}

/* Control characters that double quotes smuggled in (\0, \e) become U+FFFD. */
static Str clean_text(Reader *r, Str s, Place place)
{
	Buf b = {0};
	for (size_t i = 0; i < s.n; i++)
		if (byte_class((unsigned char)s.p[i]) == BYTE_CONTROL)
			buf_put_rune(&b, 0xFFFD);
		else
			buf_putc(&b, s.p[i]);
	if (b.n != s.n)
		say(r, place, S("an escaped control character, which no text may hold"), S("take it out"));
	s = str_dup(r->arena, buf_str(&b));
	buf_release(&b);
	return s;
}

/* Whether a comment follows on the line where a plain text ends. */
static bool comment_follows(Reader *r, size_t end_index)
{
	Str s = str_upto(r->y->text, r->y->to);
	size_t i = offset_of(r, end_index), start = i;
	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'))
		i++;
	return i > start && i < s.n && s.p[i] == '#';
}

static bool on_text(Reader *r, const yaml_event_t *e)
{
	Place place = place_of(r, e->start_mark, e->end_mark);
	Str s = {(char *)e->data.scalar.value, e->data.scalar.length};
	bool as_text = false;
	int anchor;
	if (!tag_ok(r, e->data.scalar.tag, place, &as_text) || !anchor_open(r, e->data.scalar.anchor, place, &anchor))
		return false;
	YamlNode node = {.kind = YAML_TEXT, .place = place, .n = 0};
	node.plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !as_text;
	node.comment = r->comments && node.plain && comment_follows(r, e->end_mark.index);
	node.text = e->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE ? clean_text(r, s, place) : str_dup(r->arena, s);
	anchor_close(r, anchor, node, 1, 0);
	push(r, node, 1, 0);
	return true;
}

static bool on_open(Reader *r, const yaml_event_t *e, YamlKind kind)
{
	Place place = place_of(r, e->start_mark, e->end_mark);
	bool as_text = false;
	Frame f = {.kind = (uint8_t)kind, .first = (uint32_t)r->n, .place = place};
	bool map = kind == YAML_MAP;
	if (r->depth == YAML_DEPTH) {
		say(r, place, S("lists and groups are nested more than 64 deep"), S("quote the value when it is text"));
		return false;
	}
	if (!tag_ok(r, map ? e->data.mapping_start.tag : e->data.sequence_start.tag, place, &as_text) ||
		!anchor_open(r, map ? e->data.mapping_start.anchor : e->data.sequence_start.anchor, place, &f.anchor))
		return false;
	r->frames[r->depth++] = f;
	return true;
}

static void say_twice(Reader *r, const YamlNode *first, const YamlNode *again)
{
	if (r->diags)
		say_at(r, r->y->twice, "key-duplicate", again->place,
			str_printf(&r->diags->arena, "the key \"%.*s\" stands in line %u already; this one is left out",
				STR_ARG(again->text), first->place.line),
			S("keep one of the two"));
}

/* Why a key cannot be one; NULL: it can. */
static const char *key_fault(const YamlNode *key, const char **hint)
{
	*hint = "quote the value when it is text";
	if (key->kind != YAML_TEXT || (key->plain && !key->text.n))
		return "a key must be text; this one is left out";
	*hint = "close the text above it: this reads as a key";
	if (key->text.n > YAML_KEY)
		return "a key is longer than 200 bytes; this one is left out";
	*hint = "write the fields out";
	return str_eq(key->text, S("<<")) ? "merging with << is not supported; this one is left out" : NULL;
}

/* None stands twice. Drops the pairs that fail; returns how many are left. */
static size_t check_keys(Reader *r, YamlNode *pairs, size_t n)
{
	size_t kept = 0;
	Table seen = {0};
	for (size_t i = 0; i < n; i++) {
		YamlNode *key = &pairs[2 * i], *first = NULL;
		const char *hint, *fault = key_fault(key, &hint);
		if (fault) {
			say(r, key->place, str_of(fault), str_of(hint));
			continue;
		}
		if (n > 32)
			first = table_get(&seen, key->text);
		else
			for (size_t k = 0; k < kept && !first; k++)
				first = str_eq(pairs[2 * k].text, key->text) ? &pairs[2 * k] : NULL;
		if (first) {
			say_twice(r, first, key);
			continue;
		}
		pairs[2 * kept] = pairs[2 * i];
		pairs[2 * kept + 1] = pairs[2 * i + 1];
		if (n > 32)
			table_put(&seen, pairs[2 * kept].text, &pairs[2 * kept]);
		kept++;
	}
	table_release(&seen);
	return kept;
}

static void on_close(Reader *r)
{
	Frame f = r->frames[--r->depth];
	size_t n = r->n - f.first;
	YamlNode *of = r->nodes + f.first;
	if (f.kind == YAML_MAP)
		n = check_keys(r, of, n / 2);
	size_t size = f.kind == YAML_MAP ? 2 * n : n;
	YamlNode *items = NEW_N(r->tree, YamlNode, size);
	if (size)
		memcpy(items, of, size * sizeof *items);
	YamlNode node = {.kind = f.kind, .n = (uint32_t)n, .place = f.place, .items = items};
	r->n = f.first;
	anchor_close(r, f.anchor, node, f.weight + 1, f.height + 1);
	push(r, node, f.weight + 1, f.height + 1);
}

static bool on_alias(Reader *r, const yaml_event_t *e)
{
	Place place = place_of(r, e->start_mark, e->end_mark);
	Anchor *a = NULL;
	for (int i = r->anchors_n; i-- > 0 && !a;)
		if (strcmp(r->anchors[i].name, (char *)e->data.alias.anchor) == 0)
			a = &r->anchors[i];
	if (!a) {
		say_quote(r, place, S("a value that begins with * must be quoted"));
		return false;
	}
	a->used = true;
	if (a->open) {
		say(r, place, S("this alias refers to itself"), S("write the value out"));
		return false;
	}
	r->aliased += a->weight;
	if (++r->aliases > YAML_ALIASES || r->aliased > YAML_EXPANDED) {
		say(r, place, S("aliases (*name) expand to more than is read: 100 uses, 10,000 values"), S("write the values out"));
		return false;
	}
	if (r->depth + a->height > YAML_DEPTH) {
		say(r, place, S("lists and groups are nested more than 64 deep"), S("write the values out"));
		return false;
	}
	YamlNode node = a->node;
	node.place = place;
	push(r, node, a->weight, a->height);
	return true;
}

static bool on_event(Reader *r, const yaml_event_t *e)
{
	if (++r->events > (r->y->max_events ? r->y->max_events : YAML_EVENTS)) {
		say(r, place_of(r, e->start_mark, e->start_mark), S("there are more values than are read"),
			S("move data into a file of its own"));
		return false;
	}
	switch (e->type) {
	case YAML_SCALAR_EVENT: return on_text(r, e);
	case YAML_SEQUENCE_START_EVENT: return on_open(r, e, YAML_LIST);
	case YAML_MAPPING_START_EVENT: return on_open(r, e, YAML_MAP);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT: on_close(r); return true;
	case YAML_ALIAS_EVENT: return on_alias(r, e);
	default: return true;
	}
}

/* What stands behind the document's end must be empty. */
static bool on_end(Reader *r, const yaml_event_t *e)
{
	size_t rest = r->ends || r->odd_breaks ? first_content(r->y, offset_of(r, e->end_mark.index)) : SIZE_MAX;
	if (rest == SIZE_MAX)
		return true;
	if (r->diags)
		diag_add(r->diags,
			diag_at(r->y->level, "yaml-syntax", r->y->file, r->y->text, rest, 3,
				S("a second document begins here; only one is read"), S("take this line and what follows out")));
	return false;
}

static bool read_events(Reader *r)
{
	for (bool more = true; more;) {
		yaml_event_t e;
		if (!yaml_parser_parse(&r->parser, &e)) {
			if (r->parser.error == YAML_MEMORY_ERROR)
				die_oom();
			if (r->diags)
				say_problem(r);
			return false;
		}
		more = e.type != YAML_DOCUMENT_END_EVENT && e.type != YAML_STREAM_END_EVENT;
		bool ok = e.type == YAML_DOCUMENT_END_EVENT ? on_end(r, &e) : on_event(r, &e);
		yaml_event_delete(&e);
		if (!ok)
			return false;
	}
	return true;
}

static void check_anchors(Reader *r)
{
	for (int i = 0; i < r->anchors_n; i++)
		if (!r->anchors[i].used && r->anchors[i].node.kind == YAML_TEXT)
			say_quote(r, r->anchors[i].place, S("a value that begins with & must be quoted"));
}

static void release(Reader *r)
{
	for (int i = 0; i < r->anchors_n; i++)
		free(r->anchors[i].name);
	free(r->nodes);
}

const YamlNode *yaml_parse(const YamlText *y, Arena *a, Diags *d)
{
	Reader r;
	memset(&r, 0, offsetof(Reader, frames));
	r.depth = r.anchors_n = 0;
	r.aliases = r.aliased = 0;
	r.events = 0;
	r.y = y, r.arena = a, r.tree = y->tree ? y->tree : a, r.diags = d, r.offset = y->from;
	if (!check_text(&r))
		return NULL;
	if (!yaml_parser_initialize(&r.parser))
		die_oom();
	r.cap = 128;
	r.nodes = mem_resize(NULL, r.cap, sizeof(YamlNode));
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	const char *bytes = y->to > y->from ? y->text.p + y->from : ""; /* libyaml asserts that there are some */
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, y->to - y->from);
	bool ok = read_events(&r);
	yaml_parser_delete(&r.parser);
	YamlNode *root = NULL;
	if (ok) {
		check_anchors(&r);
		root = NEW(r.tree, YamlNode);
		if (r.n)
			*root = r.nodes[0];
		else
			*root = (YamlNode){.kind = YAML_TEXT, .plain = true, .place = {r.first_line, 1, 1}};
	}
	release(&r);
	return root;
}

/* Reading the tree */

bool yaml_is_null(const YamlNode *n)
{
	if (n->kind != YAML_TEXT || !n->plain)
		return false;
	Str s = n->text;
	return !s.n || str_eq(s, S("~")) || str_eq(s, S("null")) || str_eq(s, S("Null")) || str_eq(s, S("NULL"));
}

bool yaml_bool(const YamlNode *n, bool *out)
{
	if (n->kind != YAML_TEXT || !n->plain)
		return false;
	*out = str_eq(n->text, S("true")) || str_eq(n->text, S("True")) || str_eq(n->text, S("TRUE"));
	return *out || str_eq(n->text, S("false")) || str_eq(n->text, S("False")) || str_eq(n->text, S("FALSE"));
}

const YamlNode *yaml_get(const YamlNode *map, Str key)
{
	if (map && map->kind == YAML_MAP)
		for (uint32_t i = 0; i < map->n; i++)
			if (str_eq(map->items[2 * i].text, key))
				return &map->items[2 * i + 1];
	return NULL;
}

static bool based_int(Str s, int base, int64_t *out)
{
	int64_t value = 0;
	for (size_t i = 2; i < s.n; i++) {
		int digit = ascii_hex(s.p[i]);
		if (digit < 0 || digit >= base || value > (INT64_MAX - digit) / base)
			return false;
		value = value * base + digit;
	}
	*out = value;
	return s.n > 2;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_float(Str s)
{
	size_t i = 0, whole = 0, part = 0, exponent = 0;
	if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
		i++;
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		whole++;
	if (i < s.n && s.p[i] == '.')
		for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
			part++;
	if (whole + part == 0)
		return false;
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
			i++;
		for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
			exponent++;
		if (!exponent)
			return false;
	}
	return i == s.n;
}

/* strtod reads the C locale's point; no program of ours leaves that locale. */
static double float_of(Str s)
{
	char text[64];
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	return strtod(text, NULL);
}

static Value plain_value(Str s)
{
	int64_t i;
	bool digits = s.n && ((s.p[0] >= '0' && s.p[0] <= '9') || s.p[0] == '-' || s.p[0] == '+' || s.p[0] == '.');
	if (!digits || s.n > 40)
		return value_str(s);
	if (str_starts(s, S("0x")) && based_int(s, 16, &i))
		return value_int(i);
	if (str_starts(s, S("0o")) && based_int(s, 8, &i))
		return value_int(i);
	Str number = *s.p == '-' || *s.p == '+' ? str_from(s, 1) : s;
	if (number.n > 1 && number.p[0] == '0' && number.p[1] >= '0' && number.p[1] <= '9')
		return value_str(s);
	if (str_int(s, &i))
		return value_int(i);
	bool whole = true;
	for (size_t k = 0; k < number.n; k++)
		whole = whole && number.p[k] >= '0' && number.p[k] <= '9';
	return !whole && is_float(s) ? value_float(float_of(s)) : value_str(s);
}

Value yaml_value(const YamlNode *n, Arena *a)
{
	bool truth;
	if (n->kind == YAML_LIST) {
		Value *items = NEW_N(a, Value, n->n);
		for (uint32_t i = 0; i < n->n; i++)
			items[i] = yaml_value(&n->items[i], a);
		return value_list(items, n->n);
	}
	if (n->kind == YAML_MAP) {
		MapMaker m = {.arena = a};
		for (uint32_t i = 0; i < n->n; i++)
			map_put(&m, n->items[2 * i].text, yaml_value(&n->items[2 * i + 1], a));
		return map_seal(&m);
	}
	if (yaml_is_null(n))
		return NIL;
	if (yaml_bool(n, &truth))
		return value_bool(truth);
	return n->plain ? plain_value(n->text) : value_str(n->text);
}

bool yaml_data(Str file, Str text, Arena *a, Diags *d, Value *out)
{
	YamlText y = {.file = file,
		.text = text,
		.from = str_starts(text, S("\xEF\xBB\xBF")) ? 3 : 0,
		.to = text.n,
		.level = DIAG_ERROR,
		.twice = DIAG_ERROR,
		.max_bytes = 16u << 20,
		.max_events = 2000000};
	const YamlNode *root = yaml_parse(&y, a, d);
	*out = root ? yaml_value(root, a) : NIL;
	return root != NULL;
}

const char *yaml_version(void)
{
	return yaml_get_version_string();
}
