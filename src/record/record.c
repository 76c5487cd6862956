/* Front matter: the table of fields, and how a file's bytes become a Record by it. */
#include "record/record.h"

#include "base/table.h"
#include "base/utf8.h"
#include "lib/icu.h"
#include "record/permalink.h"
#include "record/rows.h"

#include <stddef.h>
#include <stdlib.h>

static const Str status_words[] = {[STATUS_PUBLISHED] = STR_INIT("published"), [STATUS_WITHDRAWN] = STR_INIT("withdrawn"), [STATUS_RETRACTED] = STR_INIT("retracted"),
	[STATUS_SUPERSEDED] = STR_INIT("superseded"), {0}};
static const Str html_words[] = {[HTML_CLEAN] = STR_INIT("clean"), [HTML_OFF] = STR_INIT("off"), [HTML_TRUSTED] = STR_INIT("trusted"), {0}};

const char *status_name(Status s) { return status_words[s].p; }

/* A segment as written; one that cannot stand is replaced by the file's name. */
static bool read_slug(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s;
	const char *why;
	if (!node_text(r, row, n, &s) || !s.n)
		return false;
	s = icu_nfc(r->arena, s);
	if (segment_ok(s, &why)) {
		*(Str *)out = s;
		return true;
	}
	Str better = icu_slug(r->arena, s, S("_.~"));
	Str hint = segment_ok(better, &(const char *){NULL}) ? str_printf(r->arena, "write %.*s", STR_ARG(better)) : (Str){0};
	row_fault(r, CHECK_FIELD_VALUE, n->place, hint, "the slug \"%.*s\" cannot stand in an address: %s; the file's name is used", STR_ARG(s), why);
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
	row_fault(r, CHECK_FIELD_VALUE, n->place, S("write an address below the site's root: /briefs/water/"), "\"%.*s\" cannot be the address \"%.*s\": %s; it is left out", STR_ARG(row->name),
		STR_ARG(s), why);
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
		if (type_path.read(r, row, &from[i], &items[kept].text) && items[kept].text.n)
			items[kept++].place = from[i].place;
	*(Items *)out = (Items){items, kept};
	return true;
}

/* A layout's name: no folder may be climbed out of. */
static bool read_layout(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s;
	if (!node_text(r, row, n, &s) || !s.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool name = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
		if (name || (i && ((c == '/' && s.p[i - 1] != '/') || (c == '.' && s.p[i - 1] != '.' && s.p[i - 1] != '/'))))
			continue;
		row_fault(r, CHECK_FIELD_VALUE, n->place, S("write its name below layouts/, as brief or special/poster"), "\"%.*s\" cannot be the name of a layout; it is left out", STR_ARG(s));
		return false;
	}
	*(Str *)out = s;
	return true;
}

/* Whatever is not plainly false keeps the text back: `draft: yes` must not publish it, today or from the past. */
static bool read_draft(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	if (yaml_is_null(n) || yaml_bool(n, out))
		return true;
	*(bool *)out = true;
	row_fault(r, CHECK_FIELD_VALUE, n->place, S("write true or false, without quotes"), "\"%.*s\" takes true or false; the text is kept back", STR_ARG(row->name));
	return false;
}

/* As read_draft: words with which other archives keep a text back. */
static bool read_status(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	static const Str back[] = {STR_INIT("draft"), STR_INIT("embargoed"), STR_INIT("hidden"), STR_INIT("pending"), STR_INIT("private"), STR_INIT("review"), STR_INIT("unpublished")};
	Record *record = (Record *)((char *)out - row->at);
	for (size_t i = 0; n->kind == YAML_TEXT && i < ROWS_N(back); i++)
		if (str_eq_nocase(n->text, back[i])) {
			record->hidden = true;
			row_fault(r, CHECK_KEY_HIDES, n->place, S("write draft: true"), "status: %.*s has no effect here, so the page would be published", STR_ARG(n->text));
			return false;
		}
	return type_word.read(r, row, n, out);
}

static const RowType type_draft = {"true or false", "\"type\": [\"boolean\", \"null\"]", read_draft, .keeps_text = false};
static const RowType type_status = {"a word", NULL, read_status, .keeps_text = true};
static const RowType type_slug = {"a slug", "\"type\": [\"string\", \"number\", \"null\"]", read_slug, .keeps_text = true};
static const RowType type_address = {"an address of the site", "\"type\": [\"string\", \"null\"]", read_address, .keeps_text = true};
static const RowType type_addresses = {"an address of the site or a list of them", "\"anyOf\": [{\"type\": [\"string\", \"null\"]}, {\"type\": \"array\", \"items\": {\"type\": \"string\"}}]", read_addresses, .keeps_text = true, .lists = true};
static const RowType type_paths = {"a path in the archive or a list of them", "\"anyOf\": [{\"type\": [\"string\", \"null\"]}, {\"type\": \"array\", \"items\": {\"type\": \"string\"}}]", read_paths, .keeps_text = true, .lists = true};
static const RowType type_layout = {"the name of a layout", "\"type\": [\"string\", \"null\"]", read_layout, .keeps_text = true};

enum { BRIEF = 1 << RECORD_BRIEF, PAGE = 1 << RECORD_PAGE, TERM = 1 << RECORD_TERM, ALL = BRIEF | PAGE | TERM };
#define ROW(field, names, also_names, row_type, member, kind_bits, ...) \
	[F_##field] = {.name = STR_INIT(names), .also = also_names, .type = &row_type, .at = offsetof(Record, member), .kinds = kind_bits, __VA_ARGS__}

/* To add a field: a member in Record, its F_ constant in the order of the names, and a row here. */
const Row record_rows[F_N] = {
	ROW(ABSTRACT, "abstract", "abstracts summary", type_text, abstract, ALL, .help = "What the brief says, in a few sentences; the excerpt is cut from it."),
	ROW(ACKNOWLEDGEMENTS, "acknowledgements", "acknowledgement acknowledgments", type_text, acknowledgements, BRIEF | PAGE, .help = "Whom the authors thank."),
	ROW(AFFILIATION, "affiliation", NULL, type_text, affiliation, TERM, .help = "Where an author works."),
	ROW(ALIASES, "aliases", "alias redirect_from", type_addresses, aliases, ALL, .help = "Old addresses that lead here; of a region or topic, nothing is published under them."),
	ROW(ARCHIVED, "archived", NULL, type_links, archived, BRIEF | PAGE, .sub = link_rows, .sub_n = ROWS_N(link_rows), .help = "Archived copies of addresses that the text links to."),
	ROW(AUTHOR, "author", "authors", type_people, author, BRIEF | PAGE, .sub = person_rows, .sub_n = ROWS_N(person_rows), .required = true, .help = "Who wrote it: a name, a list, or groups with name or family and given, orcid, affiliation, ror, or org."),
	ROW(CHANGES, "changes", "change", type_changes, changes, BRIEF, .sub = change_rows, .sub_n = ROWS_N(change_rows), .help = "What changed after publication, for readers: date, type, note, version."),
	ROW(DATE, "date", NULL, type_date, date, BRIEF | PAGE, .required = true, .help = "The day of first publication; until then a brief waits."),
	ROW(DISCLAIMER, "disclaimer", NULL, type_text, disclaimer, BRIEF | PAGE, .help = "In place of the archive's own disclaimer."),
	ROW(DISCLOSURE, "disclosure", NULL, type_text, disclosure, BRIEF, .help = "Interests that a reader should know."),
	ROW(DOI, "doi", NULL, type_doi, doi, BRIEF, .help = "The brief's DOI."),
	ROW(DRAFT, "draft", NULL, type_draft, draft, ALL, .fallback = "false", .help = "Not to be published yet."),
	ROW(FEATURED, "featured", NULL, type_bool, featured, BRIEF | PAGE, .fallback = "false", .help = "Shown first on the home page."),
	ROW(FORMER, "former", NULL, type_texts, former, TERM, .help = "Former names, which lead to this one."),
	ROW(FUNDING, "funding", NULL, type_text, funding, BRIEF, .help = "Who paid for the work."),
	ROW(HTML, "html", NULL, type_word, html, ALL, .words = html_words, .fallback = "as the collection", .help = "What becomes of HTML in the text."),
	ROW(ID, "id", NULL, type_text, id, ALL, .help = "An identity that outlives path and slug."),
	ROW(IMAGE, "image", "images", type_image, image, ALL, .sub = image_rows, .sub_n = ROWS_N(image_rows), .help = "A picture for lists and previews: a path, or path, alt, caption and credit."),
	ROW(ISSN, "issn", NULL, type_text, issn, TERM, .help = "The ISSN of a series."),
	ROW(KIND, "kind", NULL, type_text, kind, BRIEF, .help = "What it is: Policy Brief, Commentary, Report ..."),
	ROW(LANG, "lang", "language", type_lang, lang, ALL, .fallback = "the archive's language", .help = "The language it is written in."),
	ROW(LAYOUT, "layout", NULL, type_layout, layout, ALL, .fallback = "the collection's", .help = "The layout that shows it."),
	ROW(LICENCE, "licence", "license", type_licence, licence, BRIEF | PAGE, .fallback = "the archive's", .help = "Its licence as an SPDX identifier, or LicenseRef- and a name."),
	ROW(LINKS, "links", "link", type_links, links, TERM, .sub = link_rows, .sub_n = ROWS_N(link_rows), .help = "An author's pages elsewhere."),
	ROW(LIQUID, "liquid", NULL, type_bool, liquid, ALL, .fallback = "false", .help = "Whether template syntax in the text is run."),
	ROW(NAME, "name", NULL, type_text, name, TERM, .help = "The name of an author, region, topic or series."),
	ROW(NUMBER, "number", NULL, type_text, number, BRIEF, .help = "Its number in the series, in any form."),
	ROW(ORCID, "orcid", NULL, type_orcid, orcid, TERM, .help = "An author's ORCID."),
	ROW(PARENT, "parent", NULL, type_text, parent, TERM, .help = "The region or topic that holds this one."),
	ROW(PARTNERS, "partners", "partner", type_texts, partners, BRIEF | PAGE, .help = "Institutions with which it was made."),
	ROW(PATTERN, "pattern", NULL, type_text, pattern, TERM, .help = "How a series numbers its briefs: PB-{year}-{n:4}."),
	ROW(PDF, "pdf", "pdfs", type_paths, pdf, BRIEF | PAGE, .help = "The brief as a PDF, a path or a list; it is part of every version."),
	ROW(PERMALINK, "permalink", NULL, type_address, permalink, ALL, .help = "An address of its own, in place of the collection's pattern."),
	ROW(PHOTO, "photo", NULL, type_path, photo, TERM, .help = "An author's picture."),
	ROW(REGION, "region", "regions", type_texts, region, BRIEF | PAGE, .help = "The regions it is about."),
	ROW(RELATED, "related", NULL, type_related, related, BRIEF | PAGE, .sub = related_rows, .sub_n = ROWS_N(related_rows), .help = "Other publications: slugs, paths, exact titles, addresses, or groups with title and a relation."),
	ROW(RIGHTS, "rights", NULL, type_text, rights, BRIEF | PAGE, .fallback = "the archive's", .help = "Who holds the rights, in words."),
	ROW(ROLE, "role", NULL, type_text, role, TERM, .help = "What an author does."),
	ROW(ROR, "ror", NULL, type_ror, ror, TERM, .help = "The ROR of an author's affiliation, or of an institution."),
	ROW(SERIES, "series", NULL, type_text, series, BRIEF, .help = "The series it belongs to."),
	ROW(SLUG, "slug", NULL, type_slug, slug, ALL, .fallback = "the file's name", .help = "The last part of its address."),
	ROW(STATUS, "status", NULL, type_status, status, BRIEF, .words = status_words, .fallback = "published", .help = "Where it stands; withdrawn keeps the text under a notice."),
	ROW(STATUS_NOTE, "status_note", NULL, type_text, status_note, BRIEF, .help = "Why it was withdrawn, retracted or superseded."),
	ROW(SUBTITLE, "subtitle", NULL, type_text, subtitle, BRIEF | PAGE, .help = "The second line of its title."),
	ROW(SUPERSEDED_BY, "superseded_by", NULL, type_text, superseded_by, BRIEF, .help = "The brief that stands in its place: a slug or path."),
	ROW(TAKEAWAYS, "takeaways", "takeaway", type_texts, takeaways, BRIEF, .help = "Its main points, one a line."),
	ROW(TITLE, "title", NULL, type_text, title, ALL, .required = true, .help = "Its title."),
	ROW(TOPIC, "topic", "topics", type_texts, topic, BRIEF | PAGE, .help = "What it is about."),
	ROW(TRANSLATION_OF, "translation_of", NULL, type_text, translation_of, BRIEF | PAGE, .help = "The brief that it translates: a slug or path."),
};

Str field_name(Field f) { return record_rows[f].name; }

/* Keys with which other generators hide a page: never to be ignored, since the page would be published. */
static const struct Hider {
	Str key;
	bool hides;       /* the value that hides; of no use where any_value */
	bool any_value;
	const char *hint;
} hiders[] = {
	{STR_INIT("published"), false, false, "write draft: true"},
	{STR_INIT("hidden"), true, false, "write draft: true, or move the file out of the collection"},
	{STR_INIT("unlisted"), true, false, "write draft: true, or move the file out of the collection"},
	{STR_INIT("private"), true, false, "write draft: true, or move the file out of the collection"},
	{STR_INIT("publishDate"), false, true, "write date: a brief waits until its date"},
	{STR_INIT("publishdate"), false, true, "write date: a brief waits until its date"},
	{STR_INIT("publish_date"), false, true, "write date: a brief waits until its date"},
	{STR_INIT("pubdate"), false, true, "write date: a brief waits until its date"},
	{STR_INIT("expiryDate"), false, true, "write status: withdrawn when the day has come; the text stays under a notice"},
	{STR_INIT("expirydate"), false, true, "write status: withdrawn when the day has come; the text stays under a notice"},
	{STR_INIT("expiry_date"), false, true, "write status: withdrawn when the day has come; the text stays under a notice"},
	{STR_INIT("unpublishdate"), false, true, "write status: withdrawn when the day has come; the text stays under a notice"},
};

/* True: the key is one of them, and was dealt with. */
static bool check_hider(Reading *r, const YamlNode *key, bool *hidden)
{
	for (size_t i = 0; i < ROWS_N(hiders); i++) {
		const struct Hider *h = &hiders[i];
		bool value = false;
		if (!str_eq(key->text, h->key))
			continue;
		bool known = yaml_bool(key + 1, &value);
		bool hides = !yaml_is_null(key + 1) && (h->any_value || !known || value == h->hides);
		*hidden |= hides;
		if (hides)
			row_fault(r, CHECK_KEY_HIDES, key->place, str_of(h->hint), "\"%.*s\" has no effect here, so the page would be published", STR_ARG(key->text));
		return true;
	}
	return false;
}

/* Splitting */

/* `---` or, as a closer, `...`, with nothing but spaces or tabs behind. */
static bool is_fence(Str line, bool closer)
{
	bool dots = closer && str_starts(line, S("..."));
	if (!dots && !str_starts(line, S("---")))
		return false;
	for (size_t i = 3; i < line.n; i++)
		if (line.p[i] != ' ' && line.p[i] != '\t')
			return false;
	return true;
}

/* Hugo's TOML, which would else be published as text. */
static bool is_toml(Str text)
{
	Str line;
	return str_line(&text, &line) && str_eq(str_trim_end(line), S("+++"));
}

/* A front matter behind empty lines or spaces, which would else be published as text: a fence, and then `key:`. */
static bool is_late(Str text)
{
	Str line, rest = str_trim(text);
	size_t n = 0;
	if (rest.p == text.p || !str_line(&rest, &line) || !is_fence(line, false) || !str_line(&rest, &line))
		return false;
	while (n < line.n && ((line.p[n] | 32) >= 'a' && (line.p[n] | 32) <= 'z'))
		n++;
	return n && n < line.n && line.p[n] == ':';
}

Split record_split(Str text)
{
	Split s = {.body_line = 1};
	size_t start = str_starts(text, S("\xEF\xBB\xBF")) ? 3 : 0;
	Str rest = str_from(text, start), line;
	s.body = start;
	s.unclosed = yaml_is_utf16(text) || is_toml(rest) || is_late(rest);
	if (s.unclosed || !str_line(&rest, &line) || !is_fence(line, false))
		return s;
	s.yaml = text.n - rest.n;
	for (uint32_t number = 2;; number++) {
		s.yaml_end = text.n - rest.n;
		if (!str_line(&rest, &line)) {
			s.unclosed = true;
			return s;
		}
		if (is_fence(line, true)) {
			s.body = text.n - rest.n;
			s.body_line = number + 1;
			s.has_front_matter = true;
			return s;
		}
	}
}

/* Reading a front matter */

/* Where one pair goes: a row, a mapping of the collection, a taxonomy's own field, or nowhere. */
typedef struct Pairing {
	const YamlNode *key;
	const Row *row;
	const FieldMap *map;
	const Taxonomy *taxonomy;
	const YamlNode *value; /* after splitting and prefixing */
} Pairing;

typedef struct Filling {
	Reading *r;
	const RecordRules *rules;
	Record *out;
	const YamlNode *seen[F_N]; /* the key that filled a field */
	const YamlNode *value[F_N]; /* and what it was */
	bool mapped[F_N];
	FieldPlace *places;
	size_t places_n, terms_cap;
	Arena tree; /* the YAML, until the record is made */
	MapMaker all, extra;
} Filling;

static const FieldMap *field_map(const RecordRules *rules, Str key)
{
	for (size_t i = 0; rules->collection && i < rules->collection->fields_n; i++)
		if (str_eq(rules->collection->fields[i].from, key))
			return &rules->collection->fields[i];
	return NULL;
}

static const Taxonomy *own_taxonomy(const Settings *s, Str key)
{
	for (size_t i = 0; i < s->taxonomies_n; i++)
		if (str_eq(s->taxonomies[i].field, key) || str_eq(s->taxonomies[i].name, key))
			return row_find(record_rows, F_N, s->taxonomies[i].field) ? NULL : &s->taxonomies[i];
	return NULL;
}

/* `2023/03/16` or `16.3.2023 10:00` as 2023-03-16, by the order that the collection says; else as it is. */
static Str ordered_date(Arena *a, Str s, DateOrder order)
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

/* `requires: 2, 161` with {split: ",", prefix: eip-} is the list eip-2, eip-161. */
static const YamlNode *mapped_value(Reading *r, Arena *tree, const FieldMap *m, const YamlNode *value)
{
	size_t count, n = 0, cap = 0;
	const YamlNode *from = node_items(value, &count);
	YamlNode *items = NULL;
	if (m->order && value->kind == YAML_TEXT) {
		YamlNode *date = NEW(tree, YamlNode);
		*date = *value;
		date->text = ordered_date(r->arena, str_trim(value->text), (DateOrder)m->order);
		return date;
	}
	if (!m->split.n && !m->prefix.n && !m->suffix.n)
		return value;
	for (size_t i = 0; i < count; i++) {
		if (from[i].kind != YAML_TEXT)
			return value;
		for (Str rest = from[i].text, piece; rest.p;) {
			size_t at = m->split.n ? str_find(rest, m->split) : SIZE_MAX;
			piece = str_trim(str_upto(rest, at));
			rest = at == SIZE_MAX ? (Str){0} : str_from(rest, at + m->split.n);
			if (!piece.n)
				continue;
			if (n == cap) {
				cap = cap ? cap * 2 : 8;
				items = arena_grow(tree, items, n, cap, sizeof *items);
			}
			items[n] = from[i];
			items[n++].text = str_printf(r->arena, "%.*s%.*s%.*s", STR_ARG(m->prefix), STR_ARG(piece), STR_ARG(m->suffix));
		}
	}
	YamlNode *list = NEW(tree, YamlNode);
	*list = (YamlNode){.kind = YAML_LIST, .n = (uint32_t)n, .place = value->place, .items = items};
	bool single = n == 1 && value->kind == YAML_TEXT && !m->split.n;
	return single ? items : list;
}

static Pairing pairing_of(const RecordRules *rules, const YamlNode *key)
{
	Pairing p = {.key = key, .value = key + 1, .map = field_map(rules, key->text)};
	if (p.map) {
		p.row = p.map->to.n ? row_find(record_rows, F_N, p.map->to) : NULL;
		p.taxonomy = p.map->to.n && !p.row ? own_taxonomy(rules->settings, p.map->to) : NULL;
		return p;
	}
	p.row = row_find(record_rows, F_N, key->text);
	if (p.row && !(p.row->kinds & 1 << rules->kind))
		p.row = NULL;
	else if (!p.row)
		p.taxonomy = own_taxonomy(rules->settings, key->text);
	return p;
}

/* As the core schema types it, but each scalar as the text that it is. */
static Value text_value(const YamlNode *n, Arena *a)
{
	if (n->kind == YAML_TEXT)
		return yaml_is_null(n) ? NIL : value_str(n->text);
	if (n->kind == YAML_MAP)
		return yaml_value(n, a);
	Value *items = NEW_N(a, Value, n->n);
	for (uint32_t i = 0; i < n->n; i++)
		items[i] = text_value(&n->items[i], a);
	return value_list(items, n->n);
}

static Value row_value(const Filling *f, const Row *row, const YamlNode *n)
{
	if (row->type == &type_date)
		return value_date(*(const Date *)((const char *)f->out + row->at));
	return row->type->keeps_text ? text_value(n, f->r->arena) : yaml_value(n, f->r->arena);
}

/* The items of two values, for a list that two keys give. */
static const YamlNode *joined(Arena *a, const YamlNode *x, const YamlNode *y)
{
	size_t n, m;
	const YamlNode *first = node_items(x, &n), *second = node_items(y, &m);
	YamlNode *items = NEW_N(a, YamlNode, n + m), *list = NEW(a, YamlNode);
	memcpy(items, first, n * sizeof *items);
	memcpy(items + n, second, m * sizeof *items);
	*list = (YamlNode){.kind = YAML_LIST, .n = (uint32_t)(n + m), .place = x->place, .items = items};
	return list;
}

static void fill_row(Filling *f, const Pairing *p)
{
	size_t number = (size_t)(p->row - record_rows);
	const YamlNode *value = p->value;
	bool join = f->seen[number] && p->row->type->lists && (p->map || f->mapped[number]);
	if (join) {
		value = joined(&f->tree, f->value[number], value);
	} else if (f->seen[number]) {
		row_fault(f->r, CHECK_KEY_DUPLICATE, p->key->place, S("keep one of the two"), "\"%.*s\" is the same field as \"%.*s\" in line %u; this one is left out",
			STR_ARG(p->key->text), STR_ARG(f->seen[number]->text), f->seen[number]->place.line);
		return;
	}
	f->seen[number] = p->key;
	f->value[number] = value;
	f->mapped[number] |= p->map != NULL;
	if (p->row->type->read(f->r, p->row, value, (char *)f->out + p->row->at) && !join)
		f->places[f->places_n++] = (FieldPlace){(Field)number, value->place};
	map_put(&f->all, p->key->text, row_value(f, p->row, p->value));
}

static void fill_terms(Filling *f, const Pairing *p)
{
	static const Row row = {.name = STR_INIT("term"), .type = &type_texts};
	Record *out = f->out;
	RecordTerms *terms = (RecordTerms *)out->terms;
	Row named = row;
	named.name = p->taxonomy->field;
	if (out->terms_n == f->terms_cap) {
		size_t cap = f->terms_cap ? f->terms_cap * 2 : 4;
		terms = arena_grow(f->r->arena, terms, f->terms_cap, cap, sizeof *terms);
		f->terms_cap = cap;
		out->terms = terms;
	}
	terms[out->terms_n] = (RecordTerms){.field = p->taxonomy->field};
	if (type_texts.read(f->r, &named, p->value, &terms[out->terms_n].items))
		out->terms_n++;
}

static void fill(Filling *f, const Pairing *p)
{
	Arena *a = f->r->arena;
	if (p->row) {
		fill_row(f, p);
		return;
	}
	Value v = yaml_value(p->value, a);
	map_put(&f->all, p->key->text, v);
	map_put(&f->extra, p->key->text, v);
	if (p->taxonomy)
		fill_terms(f, p);
	else if (!p->map && !row_find(record_rows, F_N, p->key->text) && !check_hider(f->r, p->key, &f->out->hidden))
		key_unknown(f->r, record_rows, F_N, p->key, "");
	else if (!p->map && row_find(record_rows, F_N, p->key->text))
		key_unknown(f->r, NULL, 0, p->key, "");
}

/* First whether it is a draft, since that decides how grave the rest is. */
static Pairing *pair_up(Filling *f, const YamlNode *map, bool defaults)
{
	Pairing *pairs = NEW_N(&f->tree, Pairing, map->n);
	for (uint32_t i = 0; i < map->n; i++) {
		pairs[i] = pairing_of(f->rules, &map->items[2 * i]);
		if (pairs[i].row == &record_rows[F_DRAFT] && !defaults)
			yaml_bool(pairs[i].value, &f->r->draft);
	}
	return pairs;
}

static void fill_map(Filling *f, const YamlNode *map, bool defaults)
{
	Pairing *pairs = pair_up(f, map, defaults);
	for (uint32_t i = 0; i < map->n; i++) {
		Pairing p = pairs[i];
		bool given = p.row && f->seen[p.row - record_rows];
		for (uint32_t k = 0; defaults && !p.row && k < f->all.n; k++)
			given |= str_eq(f->all.pairs[k].key, p.key->text);
		if (defaults && given)
			continue;
		if (p.map)
			p.value = mapped_value(f->r, &f->tree, p.map, p.value);
		fill(f, &p);
	}
}

static bool in_folder(Str path, Str folder)
{
	return !folder.n || (str_starts(path, folder) && (path.n == folder.n || path.p[folder.n] == '/'));
}

static Str below_collection(const Collection *c, Str file)
{
	return c->path.n && in_folder(file, c->path) ? str_from(file, c->path.n + 1) : file;
}

/* Whether the nearest folder that says so makes drafts. */
static bool folder_draft(const Collection *c, Str file)
{
	bool draft = false;
	for (size_t i = c ? c->defaults_n : 0; i-- > 0;) {
		const YamlNode *says = yaml_get(c->defaults[i].fields, S("draft"));
		if (says && in_folder(below_collection(c, file), c->defaults[i].folder) && yaml_bool(says, &draft))
			return draft;
	}
	return false;
}

/* Fields that site.yaml gives to a folder, the nearest folder first. They were checked there: nothing is said here. */
static void fill_defaults(Filling *f, Str file)
{
	const Collection *c = f->rules->collection;
	Diags *diags = f->r->diags;
	size_t places = f->places_n;
	f->r->diags = NULL;
	for (size_t i = c ? c->defaults_n : 0; i-- > 0;)
		if (in_folder(below_collection(c, file), c->defaults[i].folder))
			fill_map(f, c->defaults[i].fields, true);
	f->places_n = places;
	f->r->diags = diags;
}

/* Names of files */

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

/* The whole */

static void require(Filling *f, Field field, bool there, Str hint)
{
	bool refused = f->seen[field] && !yaml_is_null(f->seen[field] + 1); /* which has been said */
	if (!there && !refused)
		row_fault(f->r, CHECK_FIELD_MISSING, (Place){0}, hint, "the brief has no %.*s", STR_ARG(record_rows[field].name));
}

static void check_required(Filling *f)
{
	const Record *out = f->out;
	require(f, F_AUTHOR, out->author_n || f->rules->settings->institute.author, S("write author: and the name"));
	require(f, F_DATE, out->date.known, S("write date: and the day, as 2024-05-01"));
	require(f, F_TITLE, out->title.n, S("write title: and the title; its file's name stands in its place"));
}

/* "water-plan" as "Water plan", so that no page is without a title. */
static Str name_title(Arena *a, Str slug)
{
	char *p = (char *)str_dup(a, slug).p;
	for (size_t i = 0; i < slug.n; i++)
		if (p[i] == '-' || p[i] == '_')
			p[i] = ' ';
	return icu_capital(a, str_n(p, slug.n), S(""));
}

static void check_html(Filling *f, HtmlMode allowed)
{
	if (f->out->html != HTML_TRUSTED || allowed == HTML_TRUSTED)
		return;
	row_fault(f->r, CHECK_FIELD_VALUE, record_place(f->out, F_HTML), S("write html: trusted in site.yaml, for the whole archive or a collection"), "only site.yaml can trust HTML; it is cleaned");
	f->out->html = HTML_CLEAN;
}

static void check_permalink(Filling *f)
{
	Record *out = f->out;
	const char *why;
	Str path = out->permalink;
	if (f->rules->kind != RECORD_BRIEF || path.n < 2)
		return;
	if (str_ends(path, S("/")))
		path.n--;
	Str last = str_from(path, str_rfind_char(path, '/') + 1);
	if (segment_ok(last, &why))
		return;
	row_fault(f->r, CHECK_FIELD_VALUE, record_place(out, F_PERMALINK), (Str){0}, "the permalink \"%.*s\" cannot be used: %s; it is left out", STR_ARG(out->permalink), why);
	out->permalink = (Str){0};
}

static void set_defaults(const RecordRules *rules, Record *out)
{
	const Settings *s = rules->settings;
	out->html = rules->collection ? rules->collection->html : s->html;
	out->liquid = rules->collection ? rules->collection->liquid : s->liquid;
	out->layout = rules->collection ? rules->collection->layout : (Str){0};
}

static void finish(Filling *f, Str file)
{
	Record *out = f->out;
	const Settings *s = f->rules->settings;
	Arena *a = f->r->arena;
	Date from_name;
	out->places = f->places;
	out->places_n = f->places_n;
	out->slug_given = out->slug.n > 0;
	Str name = record_name_slug(file, f->rules->collection, a, &from_name);
	if (!out->slug_given)
		out->slug = name;
	if (!out->date.known)
		out->date = from_name;
	if (f->rules->kind == RECORD_TERM && !out->title.n)
		out->title = out->name;
	if (f->rules->kind == RECORD_BRIEF)
		check_required(f);
	if (!out->title.n && f->rules->kind != RECORD_TERM && !str_eq(file, S("content/index.md")))
		out->title = name_title(a, name);
	check_html(f, f->rules->collection ? f->rules->collection->html : s->html);
	check_permalink(f);
	if (!out->author_n && s->institute.author && f->rules->kind == RECORD_BRIEF) {
		Person *p = NEW(a, Person);
		*p = (Person){.name = s->institute.name, .ror = s->institute.ror, .org = true};
		out->author = p;
		out->author_n = 1;
	}
	out->all = map_seal(&f->all);
	out->extra = map_seal(&f->extra);
	out->unknown = (Items){f->r->unknown, f->r->unknown_n};
}

/* Whether a front matter that cannot be read says that it is a draft. */
static bool looks_like_draft(Str yaml)
{
	if (str_find(yaml, S("draft:")) == SIZE_MAX)
		return false;
	for (Str line; str_line(&yaml, &line);)
		if (str_starts(line, S("draft:")) && str_eq(str_trim(str_from(line, 6)), S("true")))
			return true;
	return false;
}

static DiagLevel level_of(const Reading *r, Check check)
{
	int level = r->checks->level[check];
	return level == DIAG_ERROR && r->draft ? DIAG_WARNING : level == CHECK_OFF ? DIAG_NOTICE : (DiagLevel)level;
}

/* The front matter's map; NULL: it cannot be read. An empty one is an empty map. */
static const YamlNode *read_root(Reading *r, Split split, Arena *tree)
{
	static const YamlNode nothing = {.kind = YAML_MAP};
	size_t before = r->diags ? r->diags->count[DIAG_ERROR] : 0;
	YamlText y = {.file = r->file, .text = r->text, .from = split.yaml, .to = split.yaml_end, .level = level_of(r, CHECK_YAML_SYNTAX), .twice = level_of(r, CHECK_KEY_DUPLICATE),
		.tree = tree};
	const YamlNode *root = yaml_parse(&y, r->arena, r->diags);
	if (r->diags)
		r->errors += r->diags->count[DIAG_ERROR] - before;
	if (!root || root->kind == YAML_MAP)
		return root;
	if (yaml_is_null(root))
		return &nothing;
	row_fault(r, CHECK_YAML_SYNTAX, root->place, S("write one field a line, as title: My brief"), "the front matter is %s, not fields", root->kind == YAML_LIST ? "a list" : "a text");
	return NULL;
}

static bool check_whole(Reading *r, Split split)
{
	if (yaml_is_utf16(r->text)) {
		row_fault(r, CHECK_YAML_SYNTAX, (Place){0}, S("save the file with the encoding UTF-8"), "the file is UTF-16, not UTF-8");
		return false;
	}
	Str head = str_starts(r->text, S("\xEF\xBB\xBF")) ? str_from(r->text, 3) : r->text;
	if (is_toml(head))
		row_fault(r, CHECK_YAML_SYNTAX, (Place){1, 1, 3}, S("write it as YAML between two lines of ---: title: My brief"), "a front matter in TOML (+++) is not read");
	else if (is_late(head))
		row_fault(r, CHECK_YAML_SYNTAX, (Place){1, 1, 1}, S("take out what stands before the first ---"), "the front matter does not begin on the first line, so it would be published as text");
	else if (split.unclosed)
		row_fault(r, CHECK_YAML_SYNTAX, (Place){1, 1, 3}, S("did you forget the second --- that closes it?"), "the front matter opens here and is never closed");
	return !split.unclosed;
}

bool record_parse(Str file, Str text, const RecordRules *rules, Arena *a, Diags *d, Record *out)
{
	Split split = record_split(text);
	Str yaml = {text.p + split.yaml, split.yaml_end - split.yaml};
	Reading r = {.file = file, .text = text, .arena = a, .diags = d, .checks = &rules->settings->checks, .settings = rules->settings, .icu = rules->icu};
	FieldPlace places[F_N];
	Filling f = {.r = &r, .rules = rules, .out = out, .places = places, .all = {.arena = a}, .extra = {.arena = a}};
	*out = (Record){.body = split.body, .body_line = split.body_line, .has_front_matter = split.has_front_matter};
	set_defaults(rules, out);
	static const YamlNode nothing = {.kind = YAML_MAP};
	const YamlNode *root = NULL;
	if (check_whole(&r, split)) {
		r.draft = looks_like_draft(yaml);
		root = split.has_front_matter ? read_root(&r, split, &f.tree) : &nothing;
	}
	bool readable = root != NULL;
	if (readable) {
		r.draft = folder_draft(rules->collection, file);
		fill_map(&f, root, false);
		fill_defaults(&f, file);
	} else {
		r.diags = NULL; /* what is missing would only follow from what was said */
	}
	finish(&f, file);
	FieldPlace *kept = NEW_N(a, FieldPlace, f.places_n);
	memcpy(kept, places, f.places_n * sizeof *kept);
	out->places = kept;
	arena_release(&f.tree);
	out->ok = readable && (rules->old || !r.errors);
	return out->ok;
}

void record_check_defaults(Reading *r, const YamlNode *map, const Settings *s)
{
	Record scratch = {0};
	FieldPlace places[F_N];
	RecordRules rules = {.settings = s, .kind = RECORD_BRIEF};
	Filling f = {.r = r, .rules = &rules, .out = &scratch, .places = places, .all = {.arena = r->arena}, .extra = {.arena = r->arena}};
	fill_map(&f, map, false);
	arena_release(&f.tree);
}

/* Asking a record */

Place record_place(const Record *r, Field f)
{
	for (size_t i = 0; i < r->places_n; i++)
		if (r->places[i].field == f)
			return r->places[i].place;
	return (Place){0};
}

static Items one_item(Arena *a, Str text, Place place)
{
	Item *item = NEW(a, Item);
	*item = (Item){text, place};
	return (Items){item, text.n ? 1 : 0};
}

static Items author_items(const Record *r, Arena *a)
{
	Item *items = NEW_N(a, Item, r->author_n);
	for (size_t i = 0; i < r->author_n; i++)
		items[i] = (Item){r->author[i].name, r->author[i].place};
	return (Items){items, r->author_n};
}

Items record_terms(const Record *r, Str field, Arena *a)
{
	const Row *row = row_find(record_rows, F_N, field);
	const char *member = row ? (const char *)r + row->at : NULL;
	if (row == &record_rows[F_AUTHOR])
		return author_items(r, a);
	if (row == &record_rows[F_DATE])
		return one_item(a, r->date.known ? str_printf(a, "%04d", (int)civil_of(r->date).year) : (Str){0}, record_place(r, F_DATE));
	if (row && row->type == &type_texts)
		return *(const Items *)member;
	if (row && row->type == &type_text)
		return one_item(a, *(const Str *)member, record_place(r, (Field)(row - record_rows)));
	for (size_t i = 0; i < r->terms_n; i++)
		if (str_eq(r->terms[i].field, field))
			return r->terms[i].items;
	return (Items){0};
}

size_t record_help(Arena *a, const HelpRow **rows)
{
	size_t n = rows_help(a, record_rows, F_N, (Str){0}, NULL);
	HelpRow *out = NEW_N(a, HelpRow, n);
	rows_help(a, record_rows, F_N, (Str){0}, out);
	*rows = out;
	return n;
}

/* Unknown keys of the whole archive */

/* What other archives and generators call our fields; the first that an editor may mean. */
static const struct Elsewhere {
	Str key;
	Field field;
} elsewhere[] = {
	{STR_INIT("attachment"), F_PDF}, {STR_INIT("categories"), F_TOPIC}, {STR_INIT("category"), F_KIND}, {STR_INIT("countries"), F_REGION}, {STR_INIT("country"), F_REGION}, {STR_INIT("cover"), F_IMAGE},
	{STR_INIT("created"), F_DATE}, {STR_INIT("creator"), F_AUTHOR}, {STR_INIT("description"), F_ABSTRACT}, {STR_INIT("excerpt"), F_ABSTRACT}, {STR_INIT("issue"), F_NUMBER}, {STR_INIT("keywords"), F_TOPIC},
	{STR_INIT("published_at"), F_DATE}, {STR_INIT("tags"), F_TOPIC}, {STR_INIT("thumbnail"), F_IMAGE}, {STR_INIT("type"), F_KIND}, {STR_INIT("url"), F_PERMALINK}, {STR_INIT("writer"), F_AUTHOR},
};
static const Str kept_by_git[] = {STR_INIT("last_modified_at"), STR_INIT("lastmod"), STR_INIT("modified"), STR_INIT("updated"), STR_INIT("version")};

static Str unknown_hint(Arena *a, Str key)
{
	for (size_t i = 0; i < ROWS_N(elsewhere); i++)
		if (str_eq(key, elsewhere[i].key)) {
			Str name = field_name(elsewhere[i].field);
			return str_printf(a, "if it is the %.*s, write in site.yaml under the collection's fields: %.*s: %.*s; if it is for layouts: %.*s: keep", STR_ARG(name), STR_ARG(key),
				STR_ARG(name), STR_ARG(key));
		}
	for (size_t i = 0; i < ROWS_N(kept_by_git); i++)
		if (str_eq(key, kept_by_git[i]))
			return str_printf(a, "gen takes this from git; to silence this, write in site.yaml under the collection's fields: %.*s: keep", STR_ARG(key));
	if (str_find_char(key, '.') != SIZE_MAX)
		return (Str){0};
	return str_printf(a, "if it is meant, write in site.yaml under the collection's fields: %.*s: keep", STR_ARG(key));
}

struct UnknownKey {
	Item key;
	Str file, line;
	size_t count;
};

void record_unknown_add(UnknownKeys *u, Str file, Str text, const Record *r)
{
	for (size_t i = 0; i < r->unknown.n; i++) {
		Item key = r->unknown.at[i];
		struct UnknownKey *known = NULL;
		for (size_t k = 0; k < u->n && !known; k++)
			known = str_eq(u->list[k].key.text, key.text) ? &u->list[k] : NULL;
		if (known) {
			known->count++;
			continue;
		}
		if (u->n == u->cap) {
			u->cap = u->cap ? u->cap * 2 : 8;
			u->list = mem_resize(u->list, u->cap, sizeof *u->list);
		}
		Diag at = diag_in(DIAG_WARNING, NULL, file, text, key.place, (Str){0}, (Str){0});
		u->list[u->n++] = (struct UnknownKey){{str_dup(&u->arena, key.text), key.place}, str_dup(&u->arena, file), str_dup(&u->arena, at.source), 1};
	}
}

void record_unknown_report(const UnknownKeys *u, const Settings *s, Diags *d)
{
	for (size_t i = 0; i < u->n; i++) {
		const struct UnknownKey *k = &u->list[i];
		Diag x = {.file = k->file, .line = k->key.place.line, .column = k->key.place.column, .span = k->key.place.span, .source = k->line};
		x.message = str_printf(&d->arena, "the field \"%.*s\" is not known (%zu file%s); layouts can use it", STR_ARG(k->key.text), k->count, k->count == 1 ? "" : "s");
		x.hint = unknown_hint(&d->arena, k->key.text);
		check_add(&s->checks, CHECK_KEY_UNKNOWN, false, d, x);
	}
}

void record_unknown_release(UnknownKeys *u)
{
	arena_release(&u->arena);
	free(u->list);
	*u = (UnknownKeys){0};
}
