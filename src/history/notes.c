/* Change-Type: and Change-Note: in commit messages. They count at the start of any line, so that they survive a
 * squash merge, which copies whole messages into the middle of its own. */
#include "base/utf8.h"
#include "history/line.h"

/* The heaviest first: a version that has several is shown as the gravest. */
static const ChangeType by_gravity[] = {
	CHANGE_RETRACTION, CHANGE_WITHDRAWAL, CHANGE_REMOVAL, CHANGE_PARTIAL_RETRACTION, CHANGE_EXPRESSION_OF_CONCERN,
	CHANGE_CORRIGENDUM, CHANGE_ERRATUM, CHANGE_CORRECTION, CHANGE_NEW_EDITION, CHANGE_NEW_VERSION, CHANGE_CLARIFICATION,
	CHANGE_ADDENDUM, CHANGE_MINOR, CHANGE_UNMARKED
};

ChangeType change_graver(ChangeType x, ChangeType y)
{
	for (size_t i = 0; i < sizeof by_gravity / sizeof *by_gravity; i++)
		if (by_gravity[i] == x || by_gravity[i] == y)
			return by_gravity[i];
	return x;
}

Str note_line(Str s, Arena *a)
{
	char *p = arena_bytes(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = (unsigned char)s.p[i] < ' ' || s.p[i] == 127 ? ' ' : s.p[i];
		if (c != ' ' || (n && p[n - 1] != ' '))
			p[n++] = c;
	}
	p[n] = 0;
	return utf8_repair(a, str_trim(str_n(p, n)));
}

Str notes_join(Str x, Str y, Arena *a)
{
	if (!x.n || !y.n || str_eq(x, y))
		return x.n ? x : y;
	return str_printf(a, "%.*s %.*s", STR_ARG(x), STR_ARG(y));
}

enum { KEY_TYPE, KEY_NOTE, KEY_NONE };
static const Str squeezed_keys[] = {STR_INIT("changetype"), STR_INIT("changenote")};
static const Str keys[] = {STR_INIT("Change-Type"), STR_INIT("Change-Note")};

/* What a line's key nearly is: indented or in a list, or with another spelling of the words. */
static int near_key(Str line)
{
	char letters[24];
	size_t n = 0;
	while (line.n && strchr(" \t-*>", *line.p))
		line = str_from(line, 1);
	Str rest = line, key = str_cut(&rest, ':');
	if (!rest.p || key.n > sizeof letters || !str_trim(rest).n)
		return KEY_NONE;
	for (size_t i = 0; i < key.n; i++)
		if (ascii_is_letter(key.p[i]))
			letters[n++] = ascii_lower(key.p[i]);
	Str typed = str_n(letters, n);
	if (str_find(typed, S("typ")) == SIZE_MAX && str_find(typed, S("not")) == SIZE_MAX) /* Changelog, Change-Id */
		return KEY_NONE;
	Str near = nearest_name(typed, squeezed_keys, KEY_NONE);
	return near.n ? str_eq(near, squeezed_keys[KEY_NOTE]) : KEY_NONE;
}

static int exact_key(Str line, Str *value)
{
	Str rest = line, key = str_trim_end(str_cut(&rest, ':'));
	for (int i = 0; rest.p && i < KEY_NONE; i++)
		if (str_eq_nocase(key, keys[i])) {
			*value = str_trim(rest);
			return i;
		}
	return KEY_NONE;
}

static void take_type(Str line, Str value, Arena *a, LineNote *out)
{
	ChangeType type;
	Str near = {0};
	if (change_type_of(value, &type, &near)) {
		out->type = change_graver(out->type, type);
		return;
	}
	out->near = str_dup(a, line);
	out->hint = near.n ? str_printf(a, "Change-Type: %.*s", STR_ARG(near)) : S("Change-Type: correction (or clarification, addendum, minor ...)");
}

/* A value goes on in the lines below it that are indented. */
static Str folded(Str value, Str *rest, Arena *a)
{
	Str next = *rest, line;
	while (next.n && (*next.p == ' ' || *next.p == '\t') && str_line(&next, &line)) {
		value = str_printf(a, "%.*s %.*s", STR_ARG(value), STR_ARG(str_trim(line)));
		*rest = next;
	}
	return value;
}

bool note_read(Str message, Arena *a, LineNote *out)
{
	Str line, value;
	*out = (LineNote){0};
	while (str_line(&message, &line)) {
		if (line.n < 10 || !memchr(line.p, ':', line.n < 40 ? line.n : 40))
			continue;
		int key = exact_key(line, &value);
		if (key == KEY_TYPE) {
			take_type(line, value, a, out);
		} else if (key == KEY_NOTE) {
			out->note = notes_join(out->note, note_line(folded(value, &message, a), a), a);
		} else if ((key = near_key(line)) != KEY_NONE) {
			out->near = str_dup(a, line);
			out->hint = str_printf(a, "%.*s: at the start of a line", STR_ARG(keys[key]));
		}
	}
	return out->type != CHANGE_UNMARKED || out->note.n || out->near.n;
}
