/* The types of values that both tables share: each reads a node into a member, or says what it takes. */
#include "record/rows.h"

#include "lib/icu.h"
#include "record/permalink.h"

static bool read_text(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	return node_text(r, row, n, out);
}

static bool read_texts(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	size_t count, kept = 0;
	const YamlNode *from = node_items(n, &count);
	Item *items = NEW_N(r->arena, Item, count);
	for (size_t i = 0; i < count; i++) {
		Str s;
		if (node_text(r, row, &from[i], &s) && s.n)
			items[kept++] = (Item){s, from[i].place};
	}
	*(Items *)out = (Items){items, kept};
	return true;
}

static bool read_bool(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	if (n->kind != YAML_TEXT)
		return wrong_kind(r, row, n);
	if (yaml_is_null(n) || yaml_bool(n, out))
		return true;
	row_fault(r, CHECK_FIELD_VALUE, n->place, S("write true or false, without quotes"),
		"\"%.*s\" takes true or false, not \"%.*s\"; it is left out", STR_ARG(row->name), STR_ARG(n->text));
	return false;
}

static bool read_int(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	int64_t i;
	if (n->kind != YAML_TEXT)
		return wrong_kind(r, row, n);
	if (yaml_is_null(n))
		return true;
	if (!str_int(n->text, &i) || i < 1 || i > 1000000000) {
		row_fault(r, CHECK_FIELD_VALUE, n->place, (Str){0}, "\"%.*s\" takes a whole number from 1, not \"%.*s\"; it is left out",
			STR_ARG(row->name), STR_ARG(n->text));
		return false;
	}
	*(int64_t *)out = i;
	return true;
}

static bool read_word(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s;
	size_t count = 0;
	if (!node_text(r, row, n, &s))
		return false;
	for (; row->words[count].n; count++)
		if (str_eq_nocase(s, row->words[count])) {
			*(int *)out = (int)count;
			return true;
		}
	if (!s.n)
		return true;
	row_fault(r, CHECK_FIELD_VALUE, n->place, word_hint(r, s, row->words, count), "\"%.*s\" cannot be \"%.*s\"; it is left out",
		STR_ARG(row->name), STR_ARG(s));
	return false;
}

/* A word that sets a bool: its second word is true. */
static bool read_flag(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	int word = *(bool *)out;
	if (!read_word(r, row, n, &word))
		return false;
	*(bool *)out = word == 1;
	return true;
}
/* A day and month that were swapped, or other marks between the numbers: the date that was meant, or empty. */
static Str meant_date(Arena *a, Str s)
{
	char parts[3][5] = {{0}};
	size_t part = 0, len = 0;
	for (size_t i = 0; i < s.n && part < 3; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9') {
			if (len == 4)
				return (Str){0};
			parts[part][len++] = s.p[i];
		} else if (strchr("-/. ", s.p[i]) && s.p[i]) {
			part += len > 0;
			len = 0;
		} else {
			return (Str){0};
		}
	}
	size_t year = strlen(parts[0]) == 4 ? 0 : 2;
	Str y = str_of(parts[year]), m = str_of(parts[1]), d = str_of(parts[2 - year]);
	const char *why;
	Date out;
	int64_t month, day;
	if (!str_int(m, &month) || !str_int(d, &day))
		return (Str){0};
	Str try = str_printf(a, "%.*s-%02d-%02d", STR_ARG(y), (int)month, (int)day);
	if (date_parse(try, 0, &out, &why))
		return try;
	try = str_printf(a, "%.*s-%02d-%02d", STR_ARG(y), (int)day, (int)month);
	return date_parse(try, 0, &out, &why) ?
	try:
		(Str){0};
}

Date date_here(Reading *r, Date d, int64_t local)
{
	int minutes = 0;
	if (r->settings)
		icu_zone(r->icu, r->settings->timezone, local, true, &minutes);
	d.zone = (int16_t)minutes;
	d.seconds = local - minutes * 60;
	return d;
}

/* A time without a zone is the archive's: read in a zone that no place has, then moved. */
bool node_date(Reading *r, const YamlNode *n, Date *out)
{
	enum { NOWHERE = 2000 };
	const char *why;
	Date d;
	Str s = str_trim(n->text);
	if (!date_parse(s, NOWHERE, &d, &why)) {
		Str meant = r->diags ? meant_date(r->arena, s) : (Str){0};
		Str hint = meant.n ? str_printf(r->arena, "write %.*s, if that is the day", STR_ARG(meant))
				   : S("write year, month and day, as 2024-05-01, or with a time, as 2024-05-01 09:30");
		row_fault(r, CHECK_FIELD_VALUE, n->place, hint, "\"%.*s\" is not a date: %s; it is left out", STR_ARG(n->text), why);
		return false;
	}
	if (!d.has_time)
		d = date_here(r, d, d.seconds);
	else if (d.zone == NOWHERE)
		d = date_here(r, d, d.seconds + NOWHERE * 60);
	*out = d;
	return true;
}

static bool read_date(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	if (n->kind != YAML_TEXT)
		return wrong_kind(r, row, n);
	return yaml_is_null(n) || node_date(r, n, out);
}

static bool read_group(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	if (yaml_is_null(n))
		return true;
	if (n->kind != YAML_MAP)
		return wrong_kind(r, row, n);
	Str prefix = str_join(r->arena, row->name, S("."));
	rows_read(r, row->sub, row->sub_n, n, out, prefix.p);
	return true;
}

static bool is_web(Str s)
{
	return (str_starts(s, S("https://")) && s.n > 8) || (str_starts(s, S("http://")) && s.n > 7);
}

static bool read_url(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s;
	if (!node_text(r, row, n, &s))
		return false;
	if (s.n && (!is_web(s) || str_find_char(s, ' ') != SIZE_MAX)) {
		row_fault(r, CHECK_FIELD_VALUE, n->place, S("begin it with https://"),
			"\"%.*s\" takes a web address, not \"%.*s\"; it is left out", STR_ARG(row->name), STR_ARG(s));
		return false;
	}
	*(Str *)out = s;
	return true;
}

static bool read_lang(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s;
	if (!node_text(r, row, n, &s))
		return false;
	if (s.n && !(r->settings && str_eq(s, r->settings->language)) && !icu_is_language(s)) {
		row_fault(r, CHECK_FIELD_VALUE, n->place, S("write a language code: en, ko, pt-BR"),
			"\"%.*s\" is not a language that is known; it is left out", STR_ARG(s));
		return false;
	}
	*(Str *)out = s;
	return true;
}

/* A file's path in the archive: relative, without .. or a leading slash; made plain (no ./, no doubled slash). */
static bool read_path(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s, part;
	if (!node_text(r, row, n, &s))
		return false;
	for (Str rest = s; rest.n;) {
		part = str_cut(&rest, '/');
		if (str_eq(part, S("..")) || memchr(part.p, '\\', part.n)) {
			row_fault(r, CHECK_FIELD_VALUE, n->place, S("write a path inside the archive"),
				"\"%.*s\" leads outside: \"%.*s\"; it is left out", STR_ARG(row->name), STR_ARG(s));
			return false;
		}
	}
	while (str_starts(s, S("./")) || str_starts(s, S("/")))
		s = str_from(s, *s.p == '/' ? 1 : 2);
	while (str_ends(s, S("/")))
		s.n--;
	*(Str *)out = s;
	return true;
}

static bool read_orcid(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s, bare;
	if (!node_text(r, row, n, &s))
		return false;
	if (!s.n)
		return true;
	if (orcid_ok(s, &bare)) {
		*(Str *)out = bare;
		return true;
	}
	row_fault(r, CHECK_FIELD_VALUE, n->place, S("copy it anew from orcid.org: 0000-0002-1825-0097"),
		"\"%.*s\" is not an ORCID (its last digit checks the others); it is left out", STR_ARG(s));
	return false;
}

static bool read_ror(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s, bare;
	if (!node_text(r, row, n, &s))
		return false;
	if (!s.n)
		return true;
	if (ror_ok(s, &bare)) {
		*(Str *)out = bare;
		return true;
	}
	row_fault(r, CHECK_FIELD_VALUE, n->place, S("copy it anew from ror.org: https://ror.org/03yrm5c26"),
		"\"%.*s\" is not a ROR (nine letters and digits that begin with 0 and end in two digits); it is left out", STR_ARG(s));
	return false;
}

/* 10.NNNN/suffix (ISO 26324), kept without doi: or https://doi.org/. */
static bool read_doi(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	static const Str heads[] = {STR_INIT("https://doi.org/"), STR_INIT("http://doi.org/"), STR_INIT("https://dx.doi.org/"),
		STR_INIT("http://dx.doi.org/"), STR_INIT("doi:")};
	Str s;
	if (!node_text(r, row, n, &s))
		return false;
	if (!s.n)
		return true;
	Str bare = s;
	for (size_t i = 0; i < ROWS_N(heads); i++)
		if (str_starts(s, heads[i]))
			bare = str_trim(str_from(s, heads[i].n));
	size_t digits = 3;
	while (digits < bare.n && bare.p[digits] >= '0' && bare.p[digits] <= '9')
		digits++;
	if (str_starts(bare, S("10.")) && digits >= 7 && digits + 1 < bare.n && bare.p[digits] == '/' &&
		str_find_char(bare, ' ') == SIZE_MAX) {
		*(Str *)out = bare;
		return true;
	}
	row_fault(r, CHECK_FIELD_VALUE, n->place, S("a DOI looks like 10.1234/abc"), "\"%.*s\" is not a DOI; it is left out", STR_ARG(s));
	return false;
}

static bool read_licence(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s;
	if (!node_text(r, row, n, &s))
		return false;
	if (!s.n)
		return true;
	if (licence_ok(s)) {
		*(Str *)out = s;
		return true;
	}
	Str hint = S("write an SPDX identifier, as CC-BY-4.0, or LicenseRef- and a name of your own; words belong in rights");
	if (str_starts(s, S("CC ")) || str_starts(s, S("CC-")) || str_starts(s, S("cc-"))) {
		char *fixed = (char *)str_dup(r->arena, s).p;
		for (size_t i = 0; i < s.n; i++)
			fixed[i] = fixed[i] == ' ' || fixed[i] == '_' ? '-' : ascii_upper(fixed[i]);
		if (licence_ok(str_n(fixed, s.n)))
			hint = str_printf(r->arena, "write %s", fixed);
	}
	row_fault(r, CHECK_FIELD_VALUE, n->place, hint, "\"%.*s\" is not the identifier of a licence; it is left out", STR_ARG(s));
	return false;
}

static bool read_address(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s, clean;
	const char *why;
	if (!node_text(r, row, n, &s) || !s.n)
		return false;
	if (address_clean(r->arena, s, &clean, &why)) {
		*(Str *)out = clean;
		return true;
	}
	row_fault(r, CHECK_FIELD_VALUE, n->place, S("write an address below the site's root: /briefs/water/"),
		"\"%.*s\" cannot be the address \"%.*s\": %s; it is left out", STR_ARG(row->name), STR_ARG(s), why);
	return false;
}

static bool read_addresses(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	size_t count, kept = 0;
	const YamlNode *from = node_items(n, &count);
	Item *items = NEW_N(r->arena, Item, count);
	for (size_t i = 0; i < count; i++)
		if (read_address(r, row, &from[i], &items[kept].text))
			items[kept++].place = from[i].place;
	*(Items *)out = (Items){items, kept};
	return true;
}

static bool read_paths(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	size_t count, kept = 0;
	const YamlNode *from = node_items(n, &count);
	Item *items = NEW_N(r->arena, Item, count);
	for (size_t i = 0; i < count; i++)
		if (read_path(r, row, &from[i], &items[kept].text) && items[kept].text.n)
			items[kept++].place = from[i].place;
	*(Items *)out = (Items){items, kept};
	return true;
}

#define TEXT_SCHEMA "\"type\": [\"string\", \"number\", \"null\"]"
const RowType type_text = {"a text", TEXT_SCHEMA, read_text, .keeps_text = true};
const RowType type_texts = {"a text or a list of texts",
	"\"anyOf\": [{" TEXT_SCHEMA "}, {\"type\": \"array\", \"items\": {" TEXT_SCHEMA "}}]", read_texts, .keeps_text = true,
	.lists = true};
const RowType type_bool = {"true or false", "\"type\": [\"boolean\", \"null\"]", read_bool, .keeps_text = false};
const RowType type_int = {"a whole number", "\"type\": [\"integer\", \"null\"], \"minimum\": 1", read_int, .keeps_text = false};
const RowType type_word = {"a word", NULL, read_word, .keeps_text = true};
const RowType type_date = {"a date",
	"\"type\": [\"string\", \"null\"], \"pattern\": \"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+( ?(Z|[+-][0-9]{2}:?[0-9]{2}))?)?$\"",
	read_date, .keeps_text = true};
const RowType type_group = {"a group of fields", NULL, read_group, .keeps_text = false};
const RowType type_url = {"a web address", "\"type\": [\"string\", \"null\"], \"pattern\": \"^https?://\"", read_url, .keeps_text = true};
const RowType type_lang = {
	"a language", "\"type\": [\"string\", \"null\"], \"pattern\": \"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$\"", read_lang, .keeps_text = true};
const RowType type_path = {"a path in the archive", "\"type\": [\"string\", \"null\"]", read_path, .keeps_text = true};
const RowType type_orcid = {"an ORCID", "\"type\": [\"string\", \"null\"], \"pattern\": \"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]$\"",
	read_orcid, .keeps_text = true};
const RowType type_ror = {
	"a ROR", "\"type\": [\"string\", \"null\"], \"pattern\": \"0[a-z0-9]{6}[0-9]{2}$\"", read_ror, .keeps_text = true};
const RowType type_doi = {"a DOI", "\"type\": [\"string\", \"null\"], \"pattern\": \"10\\\\.[0-9]{4,}/\"", read_doi, .keeps_text = true};
const RowType type_licence = {"an SPDX licence", "\"type\": [\"string\", \"null\"]", read_licence, .keeps_text = true};
const RowType type_address = {"an address of the site", "\"type\": [\"string\", \"null\"]", read_address, .keeps_text = true};
const RowType type_addresses = {"an address of the site or a list of them",
	"\"anyOf\": [{\"type\": [\"string\", \"null\"]}, {\"type\": \"array\", \"items\": {\"type\": \"string\"}}]", read_addresses,
	.keeps_text = true, .lists = true};
const RowType type_paths = {"a path in the archive or a list of them",
	"\"anyOf\": [{\"type\": [\"string\", \"null\"]}, {\"type\": \"array\", \"items\": {\"type\": \"string\"}}]", read_paths,
	.keeps_text = true, .lists = true};
const RowType type_flag = {"a word", NULL, read_flag, .keeps_text = true};

const Str html_words[] = {[HTML_CLEAN] = STR_INIT("clean"), [HTML_OFF] = STR_INIT("off"), [HTML_TRUSTED] = STR_INIT("trusted"), {0}};
