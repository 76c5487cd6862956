/* The table of front matter fields, the types that only they have, and the keys that must not be overlooked. */
#include "lib/icu.h"
#include "record/rows.h"

#include <stddef.h>

static const Str status_words[] = {[STATUS_PUBLISHED] = STR_INIT("published"),
	[STATUS_WITHDRAWN] = STR_INIT("withdrawn"),
	[STATUS_RETRACTED] = STR_INIT("retracted"),
	[STATUS_SUPERSEDED] = STR_INIT("superseded"),
	{0}};

const char *status_name(Status s)
{
	return status_words[s].p;
}

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
	row_fault(r, CHECK_FIELD_VALUE, n->place, hint, "the slug \"%.*s\" cannot stand in an address: %s; the file's name is used",
		STR_ARG(s), why);
	return false;
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
		row_fault(r, CHECK_FIELD_VALUE, n->place, S("write its name below layouts/, as brief or special/poster"),
			"\"%.*s\" cannot be the name of a layout; it is left out", STR_ARG(s));
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
	row_fault(r, CHECK_FIELD_VALUE, n->place, S("write true or false, without quotes"),
		"\"%.*s\" takes true or false; the text is kept back", STR_ARG(row->name));
	return false;
}

/* An archive may have states of its own, all of which it publishes. */
static Str status_hint(Reading *r, Str word, Str hint)
{
	if (!r->diags || str_starts(hint, S("did you mean")))
		return hint;
	return str_printf(r->arena, "%.*s; where it is a word of the archive's own that hides nothing, in site.yaml under the collection's "
		"fields: status: {to: status, values: {%.*s: published}}, or status: keep", STR_ARG(hint), STR_ARG(word));
}

/* As read_draft: words with which other archives keep a text back. */
static bool read_status(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	static const Str back[] = {STR_INIT("draft"), STR_INIT("embargoed"), STR_INIT("hidden"), STR_INIT("pending"), STR_INIT("private"),
		STR_INIT("review"), STR_INIT("unpublished")};
	Record *record = (Record *)((char *)out - row->at);
	for (size_t i = 0; n->kind == YAML_TEXT && i < ROWS_N(back); i++)
		if (str_eq_nocase(n->text, back[i])) {
			record->hidden = true;
			row_fault(r, CHECK_KEY_HIDES, n->place, status_hint(r, n->text, S("write draft: true")),
				"\"status\" cannot be \"%.*s\"; the page is kept back", STR_ARG(n->text));
			return false;
		}
	size_t count = 0;
	bool known = n->kind != YAML_TEXT || yaml_is_null(n);
	for (; row->words[count].n; count++)
		known |= n->kind == YAML_TEXT && str_eq_nocase(str_trim(n->text), row->words[count]);
	if (known)
		return type_word.read(r, row, n, out);
	row_fault(r, CHECK_FIELD_VALUE, n->place, status_hint(r, n->text, word_hint(r, n->text, row->words, count)),
		"\"status\" cannot be \"%.*s\"; it is left out", STR_ARG(n->text));
	return false;
}

/* Old addresses; of an author, region or topic also its other names, which do not begin with a slash. */
static bool read_aliases(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Items *items = out;
	if (r->kind != RECORD_TERM)
		return type_addresses.read(r, row, n, out);
	if (!type_texts.read(r, row, n, out))
		return false;
	Item *list = NEW_N(r->arena, Item, items->n);
	size_t kept = 0;
	for (size_t i = 0; i < items->n; i++) {
		YamlNode one = {.kind = YAML_TEXT, .place = items->at[i].place, .text = items->at[i].text};
		list[kept] = items->at[i];
		kept += *one.text.p != '/' || type_address.read(r, row, &one, &list[kept].text);
	}
	*items = (Items){list, kept};
	return true;
}

static const RowType type_aliases = {
	"an address of the site, or a list", "\"type\": [\"string\", \"array\", \"null\"]", read_aliases, .keeps_text = true, .lists = true};
static const RowType type_draft = {"true or false", "\"type\": [\"boolean\", \"null\"]", read_draft, .keeps_text = false};
static const RowType type_status = {"a word", NULL, read_status, .keeps_text = true};
static const RowType type_slug = {"a slug", "\"type\": [\"string\", \"number\", \"null\"]", read_slug, .keeps_text = true};
static const RowType type_layout = {"the name of a layout", "\"type\": [\"string\", \"null\"]", read_layout, .keeps_text = true};

enum { BRIEF = 1 << RECORD_BRIEF, PAGE = 1 << RECORD_PAGE, TERM = 1 << RECORD_TERM, ALL = BRIEF | PAGE | TERM };
#define ROW(field, names, also_names, row_type, member, kind_bits, ...) \
	[F_##field] = {.name = STR_INIT(names), \
		.also = also_names, \
		.type = &row_type, \
		.at = offsetof(Record, member), \
		.kinds = kind_bits, \
		__VA_ARGS__}

/* To add a field: a member in Record, its F_ constant in the order of the names, and a row here. */
const Row record_rows[F_N] = {
	ROW(ABSTRACT, "abstract", "abstracts summary", type_text, abstract, ALL,
		.help = "What the brief says, in a few sentences; the excerpt is cut from it."),
	ROW(ACKNOWLEDGEMENTS, "acknowledgements", "acknowledgement acknowledgments", type_text, acknowledgements, BRIEF | PAGE,
		.help = "Whom the authors thank."),
	ROW(AFFILIATION, "affiliation", NULL, type_text, affiliation, TERM, .help = "Where an author works."),
	ROW(ALIASES, "aliases", "alias redirect_from", type_aliases, aliases, ALL,
		.help = "Old addresses that lead here; of an author, region or topic also its other names."),
	ROW(ARCHIVED, "archived", NULL, type_links, archived, BRIEF | PAGE, .sub = link_rows, .sub_n = ROWS_N(link_rows),
		.help = "Archived copies of addresses that the text links to."),
	ROW(AUTHOR, "author", "authors", type_people, author, BRIEF | PAGE, .sub = person_rows, .sub_n = ROWS_N(person_rows),
		.required = true,
		.help = "Who wrote it: a name, a list, or groups with name or family and given, orcid, affiliation, ror, or org."),
	ROW(CHANGES, "changes", "change", type_changes, changes, BRIEF, .sub = change_rows, .sub_n = ROWS_N(change_rows),
		.help = "What changed after publication, for readers: date, type, note, version."),
	ROW(DATE, "date", NULL, type_date, date, BRIEF | PAGE, .required = true,
		.help = "The day of first publication; until then a brief waits."),
	ROW(DISCLAIMER, "disclaimer", NULL, type_text, disclaimer, BRIEF | PAGE, .help = "In place of the archive's own disclaimer."),
	ROW(DISCLOSURE, "disclosure", NULL, type_text, disclosure, BRIEF, .help = "Interests that a reader should know."),
	ROW(DOI, "doi", NULL, type_doi, doi, BRIEF, .help = "The brief's DOI."),
	ROW(DRAFT, "draft", NULL, type_draft, draft, ALL, .fallback = "false", .help = "Not to be published yet."),
	ROW(FEATURED, "featured", NULL, type_bool, featured, BRIEF | PAGE, .fallback = "false", .help = "Shown first on the home page."),
	ROW(FORMER, "former", NULL, type_texts, former, TERM, .help = "Former names, which lead to this one."),
	ROW(FUNDING, "funding", NULL, type_text, funding, BRIEF, .help = "Who paid for the work."),
	ROW(HTML, "html", NULL, type_word, html, ALL, .words = html_words, .fallback = "as the collection",
		.help = "What becomes of HTML in the text."),
	ROW(ID, "id", NULL, type_text, id, ALL, .help = "An identity that outlives path and slug."),
	ROW(IMAGE, "image", "images", type_image, image, ALL, .sub = image_rows, .sub_n = ROWS_N(image_rows),
		.help = "A picture for lists and previews: a path, or path, alt, caption and credit."),
	ROW(ISSN, "issn", NULL, type_text, issn, TERM, .help = "The ISSN of a series."),
	ROW(KIND, "kind", NULL, type_text, kind, BRIEF, .help = "What it is: Policy Brief, Commentary, Report ..."),
	ROW(LANG, "lang", "language", type_lang, lang, ALL, .fallback = "the archive's language", .help = "The language it is written in."),
	ROW(LAYOUT, "layout", NULL, type_layout, layout, ALL, .fallback = "the collection's", .help = "The layout that shows it."),
	ROW(LICENCE, "licence", "license", type_licence, licence, BRIEF | PAGE, .fallback = "the archive's",
		.help = "Its licence as an SPDX identifier, or LicenseRef- and a name."),
	ROW(LINKS, "links", "link", type_links, links, TERM, .sub = link_rows, .sub_n = ROWS_N(link_rows),
		.help = "An author's pages elsewhere."),
	ROW(LIQUID, "liquid", NULL, type_bool, liquid, ALL, .fallback = "false", .help = "Whether template syntax in the text is run."),
	ROW(NAME, "name", NULL, type_text, name, TERM, .help = "The name of an author, region, topic or series."),
	ROW(NUMBER, "number", NULL, type_text, number, BRIEF, .help = "Its number in the series, in any form."),
	ROW(ORCID, "orcid", NULL, type_orcid, orcid, TERM, .help = "An author's ORCID."),
	ROW(PARENT, "parent", NULL, type_text, parent, TERM, .help = "The region or topic that holds this one."),
	ROW(PARTNERS, "partners", "partner", type_texts, partners, BRIEF | PAGE, .help = "Institutions with which it was made."),
	ROW(PATTERN, "pattern", NULL, type_text, pattern, TERM, .help = "How a series numbers its briefs: PB-{year}-{n:4}."),
	ROW(PDF, "pdf", "pdfs", type_paths, pdf, BRIEF | PAGE,
		.help = "The brief as a PDF, a path or a list; it is part of every version."),
	ROW(PERMALINK, "permalink", NULL, type_address, permalink, ALL,
		.help = "An address of its own, in place of the collection's pattern."),
	ROW(PHOTO, "photo", NULL, type_path, photo, TERM, .help = "An author's picture."),
	ROW(REGION, "region", "regions", type_texts, region, BRIEF | PAGE, .help = "The regions it is about."),
	ROW(RELATED, "related", NULL, type_related, related, BRIEF | PAGE, .sub = related_rows, .sub_n = ROWS_N(related_rows),
		.help = "Other publications: slugs, paths, exact titles, addresses, or groups with title and a relation."),
	ROW(RIGHTS, "rights", NULL, type_text, rights, BRIEF | PAGE, .fallback = "the archive's",
		.help = "Who holds the rights, in words."),
	ROW(ROLE, "role", NULL, type_text, role, TERM, .help = "What an author does."),
	ROW(ROR, "ror", NULL, type_ror, ror, TERM, .help = "The ROR of an author's affiliation, or of an institution."),
	ROW(SERIES, "series", NULL, type_text, series, BRIEF, .help = "The series it belongs to."),
	ROW(SLUG, "slug", NULL, type_slug, slug, ALL, .fallback = "the file's name", .help = "The last part of its address."),
	ROW(STATUS, "status", NULL, type_status, status, BRIEF, .words = status_words, .fallback = "published",
		.help = "Where it stands; withdrawn keeps the text under a notice."),
	ROW(STATUS_NOTE, "status_note", NULL, type_text, status_note, BRIEF, .help = "Why it was withdrawn, retracted or superseded."),
	ROW(SUBTITLE, "subtitle", NULL, type_text, subtitle, BRIEF | PAGE, .help = "The second line of its title."),
	ROW(SUPERSEDED_BY, "superseded_by", NULL, type_text, superseded_by, BRIEF,
		.help = "The brief that stands in its place: a slug or path."),
	ROW(TAKEAWAYS, "takeaways", "takeaway", type_texts, takeaways, BRIEF, .help = "Its main points, one a line."),
	ROW(TITLE, "title", NULL, type_text, title, ALL, .required = true, .help = "Its title."),
	ROW(TOPIC, "topic", "topics", type_texts, topic, BRIEF | PAGE, .help = "What it is about."),
	ROW(TRANSLATION_OF, "translation_of", NULL, type_text, translation_of, BRIEF | PAGE,
		.help = "The brief that it translates: a slug or path."),
};

Str field_name(Field f)
{
	return record_rows[f].name;
}

/* Keys with which other generators hide a page: whatever the level of the check, it is not published. */
static const struct Hider {
	Str key;
	bool hides; /* the value that hides; of no use where any_value */
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
bool key_hides(Reading *r, const YamlNode *key, bool *hidden)
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
			row_fault(r, CHECK_KEY_HIDES, key->place, str_of(h->hint),
				"\"%.*s\" is not a field of gen; the page is kept back", STR_ARG(key->text));
		return true;
	}
	return false;
}

size_t record_help(Arena *a, const HelpRow **rows)
{
	return rows_help(a, record_rows, F_N, rows);
}
