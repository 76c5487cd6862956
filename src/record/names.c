/* What a file's name says: slug, date, title; and what may stand in an address. */
#include "lib/icu.h"
#include "record/rows.h"

static bool is_version_word(Str s)
{
	if (s.n < 2 || *s.p != 'v')
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

/* What addresses below a brief begin with. */
static bool is_reserved(Str s)
{
	return is_version_word(s) || str_eq(s, S("history")) || str_eq(s, S("page")) || str_starts(s, S("cite.")) ||
		str_starts(s, S("feed."));
}

bool segment_ok(Str s, const char **why)
{
	*why = NULL;
	if (!s.n)
		*why = "it is empty";
	else if (s.n > 200)
		*why = "it is longer than 200 bytes";
	else if (*s.p == '.')
		*why = "it begins with a dot";
	else if (s.p[s.n - 1] == '.' || s.p[s.n - 1] == ' ' || *s.p == ' ')
		*why = "it begins or ends with a space, or ends with a dot";
	else if (is_reserved(s))
		*why = "the words v1, v2 ..., history, page, cite.* and feed.* are kept for pages that gen makes";
	for (size_t i = 0; i < s.n && !*why; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x20 || c == 0x7F)
			*why = "it has a control character";
		else if (strchr("/\\?#%:*\"<>| ", c))
			*why = "it has a character that an address or a file name cannot hold";
	}
	return !*why;
}

/* `2023/03/16` or `16.3.2023 10:00` as 2023-03-16, by the order that the collection says; else as it is. */
Str ordered_date(Arena *a, Str s, DateOrder order)
{
	int parts[3] = {0}, at[3][3] = {[0] = {0, 1, 2}, [1] = {2, 1, 0}, [2] = {2, 0, 1}};
	size_t i = 0;
	for (int part = 0; part < 3; part++) {
		size_t start = i;
		for (; i < s.n && i < start + 4 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
			parts[part] = parts[part] * 10 + (s.p[i] - '0');
		if (i == start || (part < 2 && (i == s.n || !strchr("/-. ", s.p[i++]))))
			return s;
	}
	const int *p = at[order - DATE_YMD];
	return str_printf(a, "%04d-%02d-%02d%.*s", parts[p[0]], parts[p[1]], parts[p[2]], STR_ARG(str_from(s, i)));
}

/* The date that a name begins with, as Jekyll reads it (2019-3-28-slug): how many bytes it takes, or 0. */
static size_t date_in_name(Arena *a, Str name, Date *date)
{
	const char *why;
	size_t end = 0;
	for (int part = 0; part < 3; part++) {
		size_t start = end, most = part ? 2 : 4;
		while (end < name.n && end < start + most && name.p[end] >= '0' && name.p[end] <= '9')
			end++;
		if (end == start || (!part && end < 4) || end == name.n || name.p[end++] != '-')
			return 0;
	}
	return date_parse(ordered_date(a, str_upto(name, end - 1), DATE_YMD), 0, date, &why) ? end : 0;
}

/* FNV-1a, for a name of which no letter can stand in an address. */
static uint32_t name_hash(Str s)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return h;
}

Str record_name_slug(Str file, const Collection *c, Arena *a, Date *date)
{
	size_t slash = str_rfind_char(file, '/');
	Str name = slash == SIZE_MAX ? file : str_from(file, slash + 1), folder = slash == SIZE_MAX ? (Str){0} : str_upto(file, slash);
	const char *why;
	*date = (Date){0};
	if (str_eq(name, S("index.md")) && folder.n && !(c && str_eq(folder, c->path))) {
		slash = str_rfind_char(folder, '/');
		name = slash == SIZE_MAX ? folder : str_from(folder, slash + 1);
	} else {
		size_t dot = str_rfind_char(name, '.');
		name = str_upto(name, dot == 0 ? SIZE_MAX : dot);
	}
	if (c && c->dates_from_names)
		name = str_from(name, date_in_name(a, name, date));
	Str slug = icu_slug(a, name, S("_.~"));
	if (segment_ok(slug, &why))
		return slug;
	return slug.n ? str_join(a, S("brief-"), slug) : str_printf(a, "x%08x", name_hash(name));
}

/* `## Two *words* {#id} ##` without its marks. */
static Str bare_heading(Arena *a, Str line)
{
	while (str_ends(line, S("#")))
		line = str_trim(str_upto(line, line.n - 1));
	size_t attribute = str_ends(line, S("}")) ? str_find(line, S("{#")) : SIZE_MAX;
	line = str_trim(str_upto(line, attribute));
	char *p = arena_bytes(a, line.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < line.n; i++)
		if (!strchr("`*", line.p[i]))
			p[n++] = line.p[i];
	p[n] = 0;
	return str_n(p, n);
}

Str heading_title(Arena *a, Str body)
{
	Str line, before = {0};
	for (bool fenced = false; str_line(&body, &line); before = line) {
		fenced ^= str_starts(line, S("```")) || str_starts(line, S("~~~"));
		if (!fenced && str_starts(line, S("# ")))
			return bare_heading(a, str_trim(str_from(line, 2)));
		if (!fenced && before.n && str_starts(line, S("==")) && str_find(str_trim_end(line), S(" ")) == SIZE_MAX)
			return bare_heading(a, str_trim(before));
	}
	return (Str){0};
}

/* "water-plan" as "Water plan", so that no page is without a title. */
Str name_title(Arena *a, Str slug)
{
	char *p = (char *)str_dup(a, slug).p;
	for (size_t i = 0; i < slug.n; i++)
		if (p[i] == '-' || p[i] == '_')
			p[i] = ' ';
	return icu_capital(a, str_n(p, slug.n), S(""));
}
