#include "record/rows.h"

#include "base/table.h"

#include <stdarg.h>
#include <stdio.h>

/* Messages */

void row_fault(Reading *r, Check check, Place place, Str hint, const char *format, ...)
{
	bool settings = !r->checks;
	if (settings ? check_rows[check].level == DIAG_ERROR : r->checks->level[check] == DIAG_ERROR && !r->draft)
		r->errors++;
	if (!r->diags)
		return;
	char message[600];
	va_list v;
	va_start(v, format);
	int n = vsnprintf(message, sizeof message, format, v);
	va_end(v);
	size_t length = n < 0 ? 0 : (size_t)n < sizeof message ? (size_t)n : sizeof message - 1;
	while (length == sizeof message - 1 && length && ((unsigned char)message[length] & 0xC0) == 0x80)
		length--; /* cut between letters */
	Diag x = diag_in(DIAG_USAGE, check_rows[check].name, r->file, r->text, place, str_n(message, length), hint);
	if (!settings) {
		check_add(r->checks, check, r->draft, r->diags, x);
		return;
	}
	if (check_rows[check].level < DIAG_ERROR)
		x.level = check_rows[check].level;
	diag_add(r->diags, x);
}

Str word_hint(Reading *r, Str typed, const Str *words, size_t n)
{
	if (!r->diags)
		return (Str){0};
	Str lower = str_lower_ascii(r->arena, typed), near = nearest_name(lower, words, n);
	if (near.n)
		return str_printf(r->arena, "did you mean \"%.*s\"?", STR_ARG(near));
	Buf b = {0};
	for (size_t i = 0; i < n; i++) {
		buf_puts(&b, i == 0 ? S("write ") : i + 1 < n ? S(", ") : S(" or "));
		buf_puts(&b, words[i]);
	}
	Str hint = str_dup(r->arena, buf_str(&b));
	buf_release(&b);
	return hint;
}

Str quoted_hint(Reading *r, Str head, Str value)
{
	if (!r->diags || str_find_char(value, '\n') != SIZE_MAX)
		return S("quote the value");
	bool single = str_find_char(value, '"') != SIZE_MAX || str_find_char(value, '\\') != SIZE_MAX;
	if (single && str_find_char(value, '\'') != SIZE_MAX)
		return S("quote the value");
	return str_printf(
		r->arena, "quote the value: %.*s%s%.*s%s", STR_ARG(head), single ? "'" : "\"", STR_ARG(value), single ? "'" : "\"");
}

/* Nodes */

static const char *kind_words(const YamlNode *n)
{
	return n->kind == YAML_LIST ? "a list" : n->kind == YAML_MAP ? "a group of fields" : "a text";
}

bool wrong_kind(Reading *r, const Row *row, const YamlNode *n)
{
	if (n->kind == YAML_LIST && row->type->lists) {
		row_fault(r, CHECK_FIELD_VALUE, n->place, S("take the inner [ ] out, or quote the value when it is text"),
			"\"%.*s\" takes no list inside its list; it is left out", STR_ARG(row->name));
		return false;
	}
	row_fault(r, CHECK_FIELD_VALUE, n->place, n->kind == YAML_TEXT ? (Str){0} : S("quote the value when it is text"),
		"\"%.*s\" takes %s, not %s; it is left out", STR_ARG(row->name), row->type->name, kind_words(n));
	return false;
}

/* What stands behind " #" on the line is lost; an editor who wrote a title meant it. */
static void check_comment(Reading *r, const Row *row, const YamlNode *n)
{
	if (!r->checks || !n->comment || !r->diags)
		return;
	Str line = {0}, rest = r->text;
	for (uint32_t i = 0; i < n->place.line; i++)
		str_line(&rest, &line);
	line = str_trim(line);
	size_t colon = str_find(line, S(": ")), from = colon == SIZE_MAX ? (str_starts(line, S("- ")) ? 2 : 0) : colon + 2;
	row_fault(r, CHECK_YAML_COMMENT, n->place, quoted_hint(r, str_upto(line, from), str_trim(str_from(line, from))),
		"YAML reads the rest of this line, from the #, as a comment; \"%.*s\" is \"%.*s\"", STR_ARG(row->name), STR_ARG(n->text));
}

bool node_text(Reading *r, const Row *row, const YamlNode *n, Str *out)
{
	if (n->kind != YAML_TEXT)
		return wrong_kind(r, row, n);
	*out = yaml_is_null(n) ? (Str){0} : str_trim(n->text);
	if (n->comment)
		check_comment(r, row, n);
	return true;
}

const YamlNode *node_items(const YamlNode *n, size_t *count)
{
	*count = n->kind == YAML_LIST ? n->n : yaml_is_null(n) ? 0 : 1;
	return n->kind == YAML_LIST ? n->items : n;
}

/* Maps */

static bool named_also(const char *also, Str key)
{
	for (Str rest = str_of(also), name; rest.p && rest.n;) {
		name = str_cut(&rest, ' ');
		if (str_eq(name, key))
			return true;
	}
	return false;
}

const Row *row_find(const Row *rows, size_t n, Str key)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].name.n == key.n && memcmp(rows[i].name.p, key.p, key.n) == 0)
			return &rows[i];
	for (size_t i = 0; i < n; i++)
		if (rows[i].also && named_also(rows[i].also, key))
			return &rows[i];
	return NULL;
}

/* The row's name that a key misspells: one letter off, two in a long one; so "state" is not "status". */
static Str misspelt_row(const Row *rows, size_t n, Str key)
{
	enum { MOST = 128 };
	Str names[MOST];
	size_t count = 0;
	for (size_t i = 0; i < n && count < MOST; i++) {
		names[count++] = rows[i].name;
		for (Str rest = str_of(rows[i].also); rest.p && rest.n && count < MOST;)
			names[count++] = str_cut(&rest, ' ');
	}
	Str near = nearest_name(key, names, count);
	size_t most = key.n >= 8 ? 2 : 1;
	if (key.n <= 4 && near.n && *key.p != *near.p) /* "late" is a word of its own */
		return (Str){0};
	return near.n && name_distance(key, near, most) <= most ? near : (Str){0};
}

void key_unknown(Reading *r, const Row *rows, size_t n, const YamlNode *key, const char *prefix)
{
	Str near = misspelt_row(rows, n, key->text);
	if (near.n) {
		Str hint = str_printf(r->arena, "did you mean \"%.*s\"?", STR_ARG(near));
		if (r->checks && !*prefix)
			hint = str_printf(r->arena, "%.*s If not, write in site.yaml under the collection's fields: %.*s: keep",
				STR_ARG(hint), STR_ARG(key->text));
		row_fault(r, CHECK_KEY_MISSPELT, key->place, hint, "there is no %s \"%s%.*s\"; it is left out",
			rows == record_rows || r->checks ? "field" : "setting", prefix, STR_ARG(key->text));
		return;
	}
	if (!r->checks) {
		row_fault(r, CHECK_KEY_UNKNOWN, key->place, S("layouts can use it as it is written"), "there is no setting \"%s%.*s\"",
			prefix, STR_ARG(key->text));
		return;
	}
	ARENA_ROOM(r->arena, r->unknown, r->unknown_n, r->unknown_cap);
	r->unknown[r->unknown_n++] = (Item){*prefix ? str_printf(r->arena, "%s%.*s", prefix, STR_ARG(key->text)) : key->text, key->place};
}

void rows_read(Reading *r, const Row *rows, size_t n, const YamlNode *map, void *base, const char *prefix)
{
	const YamlNode *seen[64] = {0};
	for (uint32_t i = 0; i < map->n; i++) {
		const YamlNode *key = &map->items[2 * i];
		const Row *row = row_find(rows, n, key->text);
		if (!row) {
			key_unknown(r, rows, n, key, prefix);
			continue;
		}
		size_t number = (size_t)(row - rows);
		if (seen[number]) {
			row_fault(r, CHECK_KEY_DUPLICATE, key->place, S("keep one of the two"),
				"\"%.*s\" is the same field as \"%.*s\" in line %u; this one is left out", STR_ARG(key->text),
				STR_ARG(seen[number]->text), seen[number]->place.line);
			continue;
		}
		seen[number] = key;
		row->type->read(r, row, key + 1, (char *)base + row->at);
	}
}

/* The manual's rows */

static Str allowed_words(Arena *a, const Str *words)
{
	Buf b = {0};
	for (size_t i = 0; words && words[i].n; i++) {
		buf_puts(&b, i ? S(", ") : S(""));
		buf_puts(&b, words[i]);
	}
	Str s = str_dup(a, buf_str(&b));
	buf_release(&b);
	return s;
}

typedef struct HelpList {
	HelpRow *at;
	size_t n, cap;
} HelpList;

static void add_help(Arena *a, HelpList *l, const Row *rows, size_t n, Str prefix)
{
	for (const Row *row = rows; row < rows + n; row++) {
		Str name = str_join(a, prefix, row->name);
		ARENA_ROOM(a, l->at, l->n, l->cap);
		l->at[l->n++] = (HelpRow){.name = name,
			.type = str_of(row->type->name),
			.fallback = str_of(row->fallback),
			.allowed = allowed_words(a, row->words),
			.help = str_of(row->help),
			.required = row->required};
		if (row->sub)
			add_help(a, l, row->sub, row->sub_n, str_join(a, name, S(".")));
	}
}

size_t rows_help(Arena *a, const Row *rows, size_t n, const HelpRow **out)
{
	HelpList l = {0};
	add_help(a, &l, rows, n, (Str){0});
	*out = l.at;
	return l.n;
}
