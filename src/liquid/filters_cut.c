/* liquid/filters_cut: what takes strings apart: truncate, slice, split, replace, remove, strip_html. What can
 * cut a string drops its safe bits (filters.h). Each goes through its text once. */
#include "liquid/filters_rows.h"

#include "base/utf8.h"

static size_t char_len(Str s, size_t at)
{
	size_t len;
	utf8_decode(s, at, &len);
	return len;
}

/* The byte at which the n-th character begins. */
static size_t char_at(Str s, size_t n)
{
	size_t at = 0;
	while (n-- > 0 && at < s.n)
		at += char_len(s, at);
	return at;
}

static Value truncate_filter(LiquidCall *c)
{
	int64_t length;
	Value end = c->n > 1 ? c->args[1] : value_str(S("..."));
	Str s = in_text(c);
	if (c->in.kind == V_NIL || !whole_arg(c, 0, 50, &length))
		return NIL;
	if (length >= 0 && utf8_count(s) <= (size_t)length)
		return c->in.kind == V_STR ? c->in : value_str(s);
	int64_t keep = length - (int64_t)utf8_count(text_of(c->render, end));
	return join_text(c->render, (Value[]){value_str(str_upto(s, char_at(s, keep < 0 ? 0 : (size_t)keep))), end}, 2);
}

static Value truncatewords(LiquidCall *c)
{
	int64_t wanted;
	Value end = c->n > 1 ? c->args[1] : value_str(S("..."));
	Str s = in_text(c);
	if (c->in.kind == V_NIL || !whole_arg(c, 0, 15, &wanted) || !text_fits(c->render, s.n))
		return NIL;
	char *kept = arena_bytes(c->arena, s.n);
	size_t at = 0, n = 0;
	for (int64_t words = 0; words < (wanted < 1 ? 1 : wanted); words++) {
		while (at < s.n && ascii_is_space(s.p[at]))
			at++;
		if (at < s.n && words)
			kept[n++] = ' ';
		while (at < s.n && !ascii_is_space(s.p[at]))
			kept[n++] = s.p[at++];
		if (at == s.n)
			break;
	}
	if (at == s.n)
		return c->in.kind == V_STR ? c->in : value_str(s);
	return join_text(c->render, (Value[]){value_str(str_n(kept, n)), end}, 2);
}

static Value slice(LiquidCall *c)
{
	int64_t from, length;
	bool text = c->in.kind != V_LIST;
	Str s = text ? in_text(c) : (Str){0};
	if (!whole_arg(c, 0, 0, &from))
		return NIL;
	if (c->n < 2 || c->args[1].kind == V_NIL)
		length = 1;
	else if (!whole_arg(c, 1, 1, &length))
		return NIL;
	int64_t n = (int64_t)(text ? utf8_count(s) : c->in.n);
	if (from < 0)
		from += n;
	bool none = from < 0 || from > n || length < 0;
	int64_t end = none || length > n - from ? n : from + length;
	if (!text)
		return none || !c->in.n ? value_list(NULL, 0) : value_list(c->in.list + from, (size_t)(end - from));
	if (none)
		return value_str((Str){"", 0});
	size_t start = char_at(s, (size_t)from), stop = start + char_at(str_from(s, start), (size_t)(end - from));
	return value_str(str_n(s.p + start, stop - start));
}

typedef struct Pieces {
	LiquidCall *call;
	Value *list;
	size_t n, cap;
} Pieces;

static void add_piece(Pieces *p, Str s)
{
	ARENA_ROOM(p->call->arena, p->list, p->n, p->cap);
	p->list[p->n++] = value_str(s);
}

static void split_words(Pieces *p, Str s)
{
	for (size_t at = 0; at < s.n;) {
		while (at < s.n && ascii_is_space(s.p[at]))
			at++;
		size_t from = at;
		while (at < s.n && !ascii_is_space(s.p[at]))
			at++;
		if (at > from)
			add_piece(p, str_n(s.p + from, at - from));
	}
}

static void split_chars(Pieces *p, Str s)
{
	for (size_t at = 0, len; at < s.n; at += len)
		add_piece(p, str_n(s.p + at, len = char_len(s, at)));
}

static Value split(LiquidCall *c)
{
	Str s = in_text(c), by = arg_text(c, 0);
	Pieces p = {.call = c};
	if (!spend(c->render, s.n / 4))
		return NIL;
	if (!by.n) {
		split_chars(&p, s);
	} else if (str_eq(by, S(" "))) {
		split_words(&p, s);
	} else {
		for (size_t i; (i = str_find(s, by)) != SIZE_MAX; s = str_from(s, i + by.n))
			add_piece(&p, str_upto(s, i));
		add_piece(&p, s);
		while (p.n && !p.list[p.n - 1].n)
			p.n--; /* empty pieces at the end are none, as in Ruby */
	}
	return value_list(p.list, p.n);
}

static Value replaced(LiquidCall *c, Str what, Value with)
{
	Str s = in_text(c), to = text_of(c->render, with);
	Buf b = {0};
	bool within = true;
	if (!what.n) { /* before every character, and at the end */
		for (size_t at = 0, len; at < s.n && within; at += len) {
			buf_puts(&b, to);
			buf_puts(&b, str_n(s.p + at, len = char_len(s, at)));
			within = b.n <= c->render->limits.output;
		}
		buf_puts(&b, to);
		return value_str(taken(c, &b));
	}
	size_t i;
	for (; within && (i = str_find(s, what)) != SIZE_MAX; s = str_from(s, i + what.n)) {
		buf_puts(&b, str_upto(s, i));
		buf_puts(&b, to);
		within = b.n <= c->render->limits.output;
	}
	buf_puts(&b, s);
	return value_str(taken(c, &b));
}

static Value replace(LiquidCall *c)
{
	return replaced(c, arg_text(c, 0), c->n > 1 ? c->args[1] : NIL);
}
static Value remove_filter(LiquidCall *c)
{
	Str what = arg_text(c, 0);
	return what.n ? replaced(c, what, NIL) : value_str(in_text(c));
}

static Value spliced(LiquidCall *c, size_t at, size_t n, Str with)
{
	Str s = in_text(c);
	if (at == SIZE_MAX)
		return value_str(s);
	Value parts[] = {value_str(str_upto(s, at)), value_str(with), value_str(str_from(s, at + n))};
	return join_text(c->render, parts, 3);
}

static Str backwards(Arena *a, Str s)
{
	char *text = arena_bytes(a, s.n);
	for (size_t i = 0; i < s.n; i++)
		text[i] = s.p[s.n - 1 - i];
	return str_n(text, s.n);
}

static size_t find_last(LiquidCall *c, Str s, Str what)
{
	size_t i = str_find(backwards(c->arena, s), backwards(c->arena, what)); /* in linear time, as str_find is */
	return i == SIZE_MAX ? i : s.n - i - what.n;
}

static Value replace_first(LiquidCall *c)
{
	return spliced(c, str_find(in_text(c), arg_text(c, 0)), arg_text(c, 0).n, arg_text(c, 1));
}
static Value replace_last(LiquidCall *c)
{
	return spliced(c, find_last(c, in_text(c), arg_text(c, 0)), arg_text(c, 0).n, arg_text(c, 1));
}
static Value remove_first(LiquidCall *c)
{
	return spliced(c, str_find(in_text(c), arg_text(c, 0)), arg_text(c, 0).n, (Str){"", 0});
}
static Value remove_last(LiquidCall *c)
{
	return spliced(c, find_last(c, in_text(c), arg_text(c, 0)), arg_text(c, 0).n, (Str){"", 0});
}

static size_t find_tag(Str s, Str tag) /* every tag begins with '<', and few texts hold many */
{
	for (size_t at = 0, i; (i = str_find_char(str_from(s, at), '<')) != SIZE_MAX; at += i + 1)
		if (str_starts(str_from(s, at + i), tag))
			return at + i;
	return SIZE_MAX;
}

/* Takes out what stands from one mark to another; a mark that is missing once is not looked for again. */
static Str without(LiquidCall *c, Str s, Str from, Str to)
{
	Buf b = {0};
	size_t i = find_tag(s, from), end;
	if (i == SIZE_MAX)
		return s;
	for (; i != SIZE_MAX; i = find_tag(s, from)) {
		end = str_find(str_from(s, i + from.n), to);
		if (end == SIZE_MAX)
			break;
		buf_puts(&b, str_upto(s, i));
		s = str_from(s, i + from.n + end + to.n);
	}
	buf_puts(&b, s);
	return taken(c, &b);
}

static Value strip_html(LiquidCall *c)
{
	Str s = in_text(c);
	if (str_find_char(s, '<') != SIZE_MAX) {
		s = without(c, s, S("<script"), S("</script>"));
		s = without(c, s, S("<!--"), S("-->"));
		s = without(c, s, S("<style"), S("</style>"));
		s = without(c, s, S("<"), S(">"));
	}
	return value_str(c->render->escape == LIQUID_PLAIN ? s : decode_entities(c->arena, s));
}

#define PURE LIQUID_PURE

/* clang-format off */
const LiquidFilter filters_cut[] = {
	{STR_INIT("remove"), 1, 1, PURE, remove_filter, NULL, "Without every occurrence of a text.", "{{ \"a-b-c\" | remove: \"-\" }}", "abc"},
	{STR_INIT("remove_first"), 1, 1, PURE, remove_first, NULL, "Without the first occurrence of a text.", "{{ \"a-b-c\" | remove_first: \"-\" }}", "ab-c"},
	{STR_INIT("remove_last"), 1, 1, PURE, remove_last, NULL, "Without the last occurrence of a text.", "{{ \"a-b-c\" | remove_last: \"-\" }}", "a-bc"},
	{STR_INIT("replace"), 1, 2, PURE, replace, NULL, "Every occurrence of a text replaced by another.", "{{ \"2024-05-01\" | replace: \"-\", \"/\" }}", "2024/05/01"},
	{STR_INIT("replace_first"), 1, 2, PURE, replace_first, NULL, "The first occurrence replaced.", "{{ \"a-b-c\" | replace_first: \"-\", \"+\" }}", "a+b-c"},
	{STR_INIT("replace_last"), 2, 2, PURE, replace_last, NULL, "The last occurrence replaced.", "{{ \"a-b-c\" | replace_last: \"-\", \"+\" }}", "a-b+c"},
	{STR_INIT("slice"), 1, 2, PURE, slice, NULL, "Characters of a text, or items of a list, from a place on: one, or as many as said. Negative places count from the end.", "{{ \"brief\" | slice: 1, 3 }} {{ \"brief\" | slice: -2, 2 }}", "rie ef"},
	{STR_INIT("split"), 1, 1, PURE, split, NULL, "A list of the pieces between a text.", "{{ \"a,b,c\" | split: \",\" | last }}", "c"},
	{STR_INIT("strip_html"), 0, 0, PURE, strip_html, NULL, "The text of HTML, without tags and comments.", "{% capture x %}<p>Hydrogen &amp; <b>steel</b></p>{% endcapture %}{{ x | strip_html }}", "Hydrogen &amp; steel"},
	{STR_INIT("truncate"), 0, 2, PURE, truncate_filter, NULL, "At most so many characters (50), with \"...\" or another end where it was cut.", "{{ \"A carbon border\" | truncate: 11 }} {{ \"A carbon border\" | truncate: 9, \"…\" }}", "A carbon... A carbon…"},
	{STR_INIT("truncatewords"), 0, 2, PURE, truncatewords, NULL, "At most so many words (15), with \"...\" or another end where it was cut.", "{{ \"one two three\" | truncatewords: 2 }}", "one two..."},
	{{0}, 0, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
/* clang-format on */
