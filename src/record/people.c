/* The field author: a name, a map, or a list of either; and the lists that other archives write into one text. */
#include "record/rows.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stddef.h>

#define MEMBER(T, member) .at = offsetof(T, member)

static bool writes_family_first(Str name)
{
	size_t len;
	return name.n && rune_is_cjk(utf8_decode(name, 0, &len));
}

/* Chinese, Japanese and Korean names are written family first and without a space. */
Person person_of(Arena *a, Str name, Str given, Str family)
{
	if (!name.n && given.n && family.n)
		name = writes_family_first(family) ? str_join(a, family, given) : str_printf(a, "%.*s %.*s", STR_ARG(given), STR_ARG(family));
	else if (!name.n)
		name = family.n ? family : given;
	return (Person){.name = name, .given = given, .family = family};
}

typedef struct PersonMap {
	Person person;
	Str org;
} PersonMap;

static bool read_org(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	bool org = false;
	PersonMap *p = (PersonMap *)((char *)out - offsetof(PersonMap, org));
	if (yaml_bool(n, &org)) {
		p->person.org = org;
		return true;
	}
	return node_text(r, row, n, out);
}
static const RowType type_org = {
	"the name of an organisation, or true", "\"type\": [\"string\", \"boolean\"]", read_org, .keeps_text = true};

const Row person_rows[PERSON_ROWS_N] = {
	{STR_INIT("name"), NULL, &type_text, MEMBER(PersonMap, person.name), .help = "The whole name, as it is printed."},
	{STR_INIT("family"), NULL, &type_text, MEMBER(PersonMap, person.family), .help = "The family name, for citations and sorting."},
	{STR_INIT("given"), NULL, &type_text, MEMBER(PersonMap, person.given), .help = "The given names."},
	{STR_INIT("orcid"), NULL, &type_orcid, MEMBER(PersonMap, person.orcid), .help = "The person's ORCID."},
	{STR_INIT("affiliation"), NULL, &type_text, MEMBER(PersonMap, person.affiliation), .help = "Where the person works."},
	{STR_INIT("ror"), NULL, &type_ror, MEMBER(PersonMap, person.ror), .help = "The ROR of the affiliation, or of the organisation."},
	{STR_INIT("org"), "organisation organization", &type_org, MEMBER(PersonMap, org),
		.help = "An organisation as author: its name, or true beside name."},
};

/* Names in one text: `Ann Lee (@ann), Ben Wu <ben@example.org> and Cy Day (@cy), et al.` */

static bool is_contact(Str word)
{
	return str_find_char(word, '@') != SIZE_MAX || (str_starts(word, S("<")) && str_ends(word, S(">")));
}

static bool is_handle(Str word)
{
	return str_starts(word, S("@")) || str_starts(word, S("(@"));
}

/* E-mail addresses and handles are no part of a name, and never shown; a handle that stands alone is the name. */
Str name_bare(Arena *a, Str s)
{
	Str rest = s, word, handle = {0};
	Buf b = {0};
	while (rest.n) {
		word = str_cut(&rest, ' ');
		if (is_contact(word)) {
			handle = !handle.n && is_handle(word) ? word : handle;
			continue;
		}
		if (b.n && word.n)
			buf_putc(&b, ' ');
		buf_puts(&b, word);
	}
	Str name = buf_str(&b).n == s.n ? s : str_dup(a, buf_str(&b));
	buf_release(&b);
	if (name.n || !handle.n)
		return name;
	size_t from = str_find_char(handle, '@'), to = handle.n - str_ends(handle, S(")"));
	return str_from(str_upto(handle, to), from);
}

/* The next name: up to a comma or semicolon outside brackets, or to an "and" behind a bracket. */
static Str cut_name(Str *rest)
{
	Str s = *rest;
	int depth = 0;
	size_t i = 0, mark = 1;
	for (; i < s.n; i++) {
		depth += s.p[i] == '(' || s.p[i] == '<';
		depth -= depth && (s.p[i] == ')' || s.p[i] == '>');
		if (depth)
			continue;
		if (s.p[i] == ',' || s.p[i] == ';')
			break;
		if (i && (s.p[i - 1] == ')' || s.p[i - 1] == '>') && str_starts(str_from(s, i), S(" and "))) {
			mark = 5;
			break;
		}
	}
	*rest = i < s.n ? str_from(s, i + mark) : (Str){0};
	Str name = str_trim(str_upto(s, i));
	return str_starts(name, S("and ")) ? str_trim(str_from(name, 4)) : name;
}

static bool is_et_al(Str s)
{
	return str_eq(s, S("et al.")) || str_eq(s, S("et al"));
}

static size_t words_of(Str s)
{
	size_t n = 0;
	while (s.n)
		n += str_cut(&s, ' ').n > 0;
	return n;
}

/* Two to four letters of a script whose names have no space. */
static bool is_cjk_name(Str s)
{
	size_t n = 0, len;
	for (size_t i = 0; i < s.n; i += len, n++)
		if (!rune_is_cjk(utf8_decode(s, i, &len)))
			return false;
	return n >= 2 && n <= 4;
}

typedef enum NameList { ONE_NAME, PERHAPS_NAMES, SEVERAL_NAMES } NameList;

/* "Lee, Ann <ann@example.org>" and "ACME, Inc." are one name: a part without a mark is a name only with two words. */
static NameList name_list(Str s)
{
	size_t n = 0, marked = 0;
	bool whole = true;
	for (Str rest = s; rest.n; n++) {
		Str name = cut_name(&rest);
		bool mark = str_find_char(name, '@') != SIZE_MAX || is_et_al(name);
		marked += mark;
		whole &= mark || is_cjk_name(name) || (words_of(name) >= 2 && words_of(name) <= 4);
	}
	size_t and = str_find(s, S(" and "));
	if (n == 1 && !marked && and != SIZE_MAX) /* Ann Lee and Ben Wu */
		return words_of(str_upto(s, and)) == 2 && words_of(str_from(s, and + 5)) == 2 ? PERHAPS_NAMES : ONE_NAME;
	return n < 2 || !whole ? ONE_NAME : marked ? SEVERAL_NAMES : PERHAPS_NAMES;
}

static void warn_of_list(Reading *r, const YamlNode *n)
{
	bool comma = str_find_char(n->text, ',') != SIZE_MAX, semicolon = str_find_char(n->text, ';') != SIZE_MAX;
	const char *mark = comma ? "," : semicolon ? ";" : " and ";
	row_fault(r, CHECK_AUTHOR_LIST, n->place,
		str_printf(r->arena, "write a list: [Ann Lee, Ben Wu]; or, for every brief, in site.yaml under the collection's fields: "
				     "author: {to: author, split: \"%s\"}", mark),
		"\"%.*s\" stands as one author, and looks like several", STR_ARG(n->text));
}

typedef struct People {
	Person *at;
	size_t n, cap;
} People;

static void add_person(Reading *r, People *list, Person p)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 4;
		list->at = arena_grow(r->arena, list->at, list->cap, cap, sizeof *list->at);
		list->cap = cap;
	}
	list->at[list->n++] = p;
}

static void read_name(Reading *r, const YamlNode *n, Str text, People *list)
{
	Str name = name_bare(r->arena, text);
	if (is_et_al(name)) {
		row_fault(r, CHECK_AUTHOR_LIST, n->place, S("name the others, or leave the words out"),
			"\"%.*s\" is nobody's name; it is left out", STR_ARG(name));
		return;
	}
	if (name.n)
		add_person(r, list, (Person){.name = name, .place = n->place});
	else if (text.n)
		row_fault(r, CHECK_FIELD_VALUE, n->place, S("write the person's name"), "an e-mail address is no name; it is left out");
}

static bool has_mail(Str s)
{
	for (Str word; s.n;)
		if (word = str_cut(&s, ' '), is_contact(word) && !is_handle(word) && str_find_char(word, '@') != SIZE_MAX)
			return true;
	return false;
}

static void read_names(Reading *r, const Row *row, const YamlNode *n, People *list)
{
	Str text;
	if (!node_text(r, row, n, &text) || !text.n)
		return;
	NameList kind = name_list(text);
	if (kind == PERHAPS_NAMES)
		warn_of_list(r, n);
	if (kind != SEVERAL_NAMES)
		read_name(r, n, text, list);
	else
		while (text.n)
			read_name(r, n, cut_name(&text), list);
}

static void read_person(Reading *r, const YamlNode *n, People *list)
{
	PersonMap p = {0};
	rows_read(r, person_rows, ROWS_N(person_rows), n, &p, "author.");
	Person person = person_of(r->arena, p.org.n ? p.org : name_bare(r->arena, p.person.name), p.person.given, p.person.family);
	person.orcid = p.person.orcid;
	person.affiliation = p.person.affiliation;
	person.ror = p.person.ror;
	person.org = p.org.n || p.person.org;
	person.place = n->place;
	if (person.name.n)
		add_person(r, list, person);
	else
		row_fault(r, CHECK_FIELD_VALUE, n->place, S("write name, or family and given, or org"),
			"an author without a name; it is left out");
}

/* This list stands in front matter alone, so row->at leads back to the Record. */
static bool read_people(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	size_t count;
	People list = {0};
	const YamlNode *from = node_items(n, &count);
	Record *record = (Record *)((char *)out - row->at);
	for (size_t i = 0; i < count; i++) {
		if (!record->mail.line && from[i].kind == YAML_TEXT && has_mail(from[i].text))
			record->mail = from[i].place;
		if (from[i].kind == YAML_MAP)
			read_person(r, &from[i], &list);
		else
			read_names(r, row, &from[i], &list);
	}
	record->author = list.at;
	record->author_n = list.n;
	return true;
}

const RowType type_people = {"a name, a group of fields, or a list of these",
	"\"anyOf\": [{\"type\": [\"string\", \"number\", \"object\", \"null\"]}, {\"type\": \"array\", \"items\": {\"type\": [\"string\", \"object\"]}}]",
	read_people, .keeps_text = true, .lists = true};
