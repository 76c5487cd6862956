/* site.yaml's collections and taxonomies: maps by name, each with settings of its own. */
#include "record/permalink.h"
#include "record/rows.h"

#include <stddef.h>
#include <stdlib.h>

#define MEMBER(T, member) .at = offsetof(T, member)
#define NAME(text) .name = STR_INIT(text)
#define LISTED(items) "\"anyOf\": [{" items "}, {\"type\": \"array\", \"items\": {" items "}}]"

static const Str vocabulary_words[] = {STR_INIT("open"), STR_INIT("closed"), {0}};

static bool read_pattern(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s, word;
	const char *why;
	if (!node_text(r, row, n, &s) || !s.n)
		return false;
	if (permalink_check(s, &why, &word)) {
		*(Str *)out = s;
		return true;
	}
	Str hint = S("write words and text, as /briefs/:slug/");
	if (word.n) {
		Str names[16];
		for (size_t i = 0; i < permalink_words_n && i < ROWS_N(names); i++)
			names[i] = str_join(r->arena, S(":"), permalink_words[i].name);
		hint = word_hint(r, word, names, permalink_words_n);
	}
	row_fault(r, CHECK_FIELD_VALUE, n->place, hint, "\"%.*s\" cannot be a permalink: %s%s%.*s; it is left out", STR_ARG(s), why,
		word.n ? ", " : "", STR_ARG(word));
	return false;
}

static bool read_patterns(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	size_t count, kept = 0;
	const YamlNode *from = node_items(n, &count);
	Item *items = NEW_N(r->arena, Item, count);
	for (size_t i = 0; i < count; i++)
		if (read_pattern(r, row, &from[i], &items[kept].text))
			items[kept++].place = from[i].place;
	*(Items *)out = (Items){items, kept};
	return true;
}

static const RowType type_pattern = {"a permalink", "\"type\": \"string\"", read_pattern, .keeps_text = true};
static const RowType type_patterns = {"a permalink or a list of them", LISTED("\"type\": \"string\""), read_patterns, .keeps_text = true};

static const Str order_words[] = {[DATE_AS_IS] = STR_INIT("as-is"),
	[DATE_YMD] = STR_INIT("year-month-day"),
	[DATE_DMY] = STR_INIT("day-month-year"),
	[DATE_MDY] = STR_INIT("month-day-year"),
	{0}};

/* {Final: published, Moved: superseded} */
static bool read_values(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	if (n->kind != YAML_MAP)
		return wrong_kind(r, row, n);
	*(const YamlNode **)out = n;
	return true;
}
static const RowType type_values = {"words with words", "\"type\": \"object\"", read_values, .keeps_text = true};

static const Row map_rows[] = {
	{NAME("to"), NULL, &type_text, MEMBER(FieldMap, to), .help = "The field that it fills, or keep."},
	{NAME("split"), NULL, &type_text, MEMBER(FieldMap, split), .help = "The mark between several values in one text."},
	{NAME("prefix"), NULL, &type_text, MEMBER(FieldMap, prefix), .help = "What is put before each value."},
	{NAME("suffix"), NULL, &type_text, MEMBER(FieldMap, suffix), .help = "What is put behind each value."},
	{NAME("values"), "words", &type_values, MEMBER(FieldMap, values),
		.help = "The archive's words with ours: {Final: published, Moved: superseded}. Others stay as they are."},
	{NAME("order"), NULL, &type_word, MEMBER(FieldMap, order), .words = order_words, .fallback = "as-is",
		.help = "How a date is written that is not written 2024-05-01."},
};

static const Str keep_word = STR_INIT("keep");

/* The target must be a field, keep, or be found later among the taxonomies (settings_finish). */
static bool read_fields(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	size_t kept = 0;
	if (n->kind != YAML_MAP) {
		row_fault(r, CHECK_FIELD_VALUE, n->place, S("write old name, colon, new name: created: date"),
			"\"fields\" takes names with names");
		return false;
	}
	FieldMap *maps = NEW_N(r->arena, FieldMap, n->n);
	for (uint32_t i = 0; i < n->n; i++) {
		const YamlNode *value = &n->items[2 * i + 1];
		FieldMap *m = &maps[kept];
		*m = (FieldMap){.from = n->items[2 * i].text, .place = value->place};
		if (value->kind == YAML_MAP)
			rows_read(r, map_rows, ROWS_N(map_rows), value, m, "fields.");
		else if (!node_text(r, row, value, &m->to))
			continue;
		if (str_eq(m->to, keep_word))
			m->to = (Str){0};
		kept++;
	}
	Collection *c = (Collection *)((char *)out - offsetof(Collection, fields));
	c->fields = maps;
	c->fields_n = kept;
	return true;
}
static const RowType type_fields = {"old names with new ones", "\"type\": \"object\"", read_fields, .keeps_text = true};

static int by_length(const void *a, const void *b)
{
	const FolderDefaults *x = a, *y = b;
	return x->folder.n != y->folder.n ? (x->folder.n > y->folder.n) - (x->folder.n < y->folder.n) : str_cmp(x->folder, y->folder);
}

/* {2019/notes: {kind: Note}, "": {lang: ko}}; the fields are checked when all settings are known. */
static bool read_defaults(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	size_t kept = 0;
	if (n->kind != YAML_MAP) {
		row_fault(r, CHECK_FIELD_VALUE, n->place, S("write the folder, and its fields indented below it"),
			"\"defaults\" takes folders with fields");
		return false;
	}
	FolderDefaults *defaults = NEW_N(r->arena, FolderDefaults, n->n);
	for (uint32_t i = 0; i < n->n; i++) {
		const YamlNode *fields = &n->items[2 * i + 1];
		Str folder;
		if (!type_path.read(r, row, &n->items[2 * i], &folder))
			continue;
		if (fields->kind == YAML_MAP)
			defaults[kept++] = (FolderDefaults){str_eq(folder, S(".")) ? (Str){0} : folder, fields};
		else
			row_fault(r, CHECK_FIELD_VALUE, fields->place, S("write the fields indented below the folder"),
				"the folder \"%.*s\" takes fields", STR_ARG(folder));
	}
	qsort(defaults, kept, sizeof *defaults, by_length);
	Collection *c = (Collection *)((char *)out - offsetof(Collection, defaults));
	c->defaults = defaults;
	c->defaults_n = kept;
	return true;
}
static const RowType type_defaults = {"folders with fields", "\"type\": \"object\"", read_defaults, .keeps_text = true};

const Row collection_rows[COLLECTION_ROWS_N] = {
	{NAME("name"), NULL, &type_text, MEMBER(Collection, name), .help = "Its name, where collections are a list."},
	{NAME("title"), NULL, &type_text, MEMBER(Collection, title), .help = "Its heading."},
	{NAME("path"), NULL, &type_path, MEMBER(Collection, path), .fallback = "content/ and its name",
		.help = "Its folder, from the archive's root; . is the root itself."},
	{NAME("former_paths"), "former_path", &type_paths, MEMBER(Collection, former_paths),
		.help = "Folders in which it stood before, for its history."},
	{NAME("permalink"), NULL, &type_pattern, MEMBER(Collection, permalink), .fallback = "/NAME/:slug/",
		.help = "The pattern of its addresses."},
	{NAME("former_permalinks"), "former_permalink", &type_patterns, MEMBER(Collection, former_permalinks),
		.help = "Patterns that were used before; those addresses lead on."},
	{NAME("address"), NULL, &type_address, MEMBER(Collection, address), .fallback = "/NAME/", .help = "The address of its list."},
	{NAME("layout"), NULL, &type_text, MEMBER(Collection, layout), .fallback = "brief", .help = "The layout of its pages."},
	{NAME("fields"), NULL, &type_fields, MEMBER(Collection, fields), .sub = map_rows, .sub_n = ROWS_N(map_rows),
		.help = "What its front matter calls the fields: created: date, or category: keep."},
	{NAME("defaults"), NULL, &type_defaults, MEMBER(Collection, defaults), .help = "Fields for all briefs of a folder."},
	{NAME("dates_from_names"), "date_from_name", &type_bool, MEMBER(Collection, dates_from_names), .fallback = "false",
		.help = "Whether file names begin with the date, as Jekyll's."},
	{NAME("dates_from_history"), "date_from_history", &type_bool, MEMBER(Collection, dates_from_history), .fallback = "false",
		.help = "Whether a brief that names no date has that of its first version."},
	{NAME("titles_from_headings"), "title_from_heading", &type_bool, MEMBER(Collection, titles_from_headings), .fallback = "false",
		.help = "Whether a brief that names no title has its text's first heading for one."},
	{NAME("feed"), NULL, &type_bool, MEMBER(Collection, feed), .fallback = "true", .help = "Whether its briefs stand in the feeds."},
	{NAME("versions"), NULL, &type_bool, MEMBER(Collection, versions), .fallback = "true",
		.help = "Whether its briefs have version pages."},
	{NAME("html"), NULL, &type_word, MEMBER(Collection, html), .words = html_words, .fallback = "the archive's",
		.help = "What becomes of HTML in its texts."},
	{NAME("liquid"), NULL, &type_bool, MEMBER(Collection, liquid), .fallback = "the archive's",
		.help = "Whether template syntax in its texts is run."},
};

Collection collection_of(Arena *a, Str name)
{
	Collection c = {.name = name, .path = str_join(a, S("content/"), name), .layout = S("brief"), .feed = true, .versions = true};
	c.address = str_printf(a, "/%.*s/", STR_ARG(name));
	c.permalink = str_printf(a, "/%.*s/:slug/", STR_ARG(name));
	return c;
}

/* Reads the maps of a list or a map by name: name becomes what the entry is called. */
typedef struct Entry {
	Str name;
	const YamlNode *key, *value;
} Entry;

static size_t read_entries(Reading *r, const YamlNode *n, const char *what, Entry **out)
{
	size_t count, kept = 0;
	const YamlNode *from = node_items(n, &count);
	bool map = n->kind == YAML_MAP;
	count = map ? n->n : count;
	Entry *entries = NEW_N(r->arena, Entry, count);
	for (size_t i = 0; i < count; i++) {
		const YamlNode *key = map ? &n->items[2 * i] : &from[i], *value = map ? key + 1 : key;
		const YamlNode *name = map ? key : yaml_get(value, S("name"));
		const char *why;
		Str text = map                            ? key->text
			: name && name->kind == YAML_TEXT ? name->text
			: value->kind == YAML_TEXT        ? value->text
							  : (Str){0};
		if (!segment_ok(text, &why) || (value->kind == YAML_LIST))
			row_fault(r, CHECK_FIELD_VALUE, key->place, S("write its name, and its settings indented below it"),
				"a %s needs a name that can stand in an address; it is left out", what);
		else
			entries[kept++] = (Entry){text, key, value};
	}
	*out = entries;
	return kept;
}

static bool read_collections(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Settings *s = (Settings *)((char *)out - offsetof(Settings, collections));
	Entry *entries;
	size_t count = read_entries(r, n, "collection", &entries);
	Collection *list = NEW_N(r->arena, Collection, count);
	(void)row;
	for (size_t i = 0; i < count; i++) {
		Collection *c = &list[i];
		*c = collection_of(r->arena, entries[i].name);
		c->html = (HtmlMode)-1; /* until the archive's is known */
		c->liquid = s->liquid;
		c->place = entries[i].key->place;
		if (entries[i].value->kind == YAML_MAP)
			rows_read(r, collection_rows, ROWS_N(collection_rows), entries[i].value, c, "collections.");
		c->name = entries[i].name;
		if (str_eq(c->path, S(".")))
			c->path = (Str){0};
	}
	s->collections = list;
	s->collections_n = count;
	return true;
}
const RowType type_collections = {"names with settings", "\"type\": [\"object\", \"array\"]", read_collections, .keeps_text = false};

/* Taxonomies */

const Row taxonomy_rows[TAXONOMY_ROWS_N] = {
	{NAME("name"), NULL, &type_text, MEMBER(Taxonomy, name), .help = "Its name, where taxonomies are a list."},
	{NAME("field"), NULL, &type_text, MEMBER(Taxonomy, field), .fallback = "its name",
		.help = "The front matter field that holds its terms."},
	{NAME("title"), NULL, &type_text, MEMBER(Taxonomy, title), .help = "Its heading."},
	{NAME("address"), NULL, &type_address, MEMBER(Taxonomy, address), .fallback = "/NAME/", .help = "The address of its index."},
	{NAME("layout"), NULL, &type_text, MEMBER(Taxonomy, layout), .fallback = "term", .help = "The layout of its pages."},
	{NAME("vocabulary"), NULL, &type_flag, MEMBER(Taxonomy, closed), .words = vocabulary_words, .fallback = "open",
		.help = "Whether a term without a record is an error."},
	{NAME("feed"), NULL, &type_bool, MEMBER(Taxonomy, feed), .fallback = "true", .help = "Whether each of its terms has a feed."},
	{NAME("hierarchical"), NULL, &type_bool, MEMBER(Taxonomy, hierarchical), .fallback = "false",
		.help = "Whether a term's page lists the briefs of the terms below it."},
};

static Taxonomy taxonomy_of(const char *name, const char *field)
{
	return (Taxonomy){.name = str_of(name), .field = str_of(field), .layout = S("term"), .feed = true};
}

void default_taxonomies(Settings *s, Arena *a)
{
	static const char *const rows[][2] = {{"authors", "author"}, {"regions", "region"}, {"topics", "topic"}, {"series", "series"},
		{"kinds", "kind"}, {"years", "date"}};
	Taxonomy *list = NEW_N(a, Taxonomy, ROWS_N(rows));
	for (size_t i = 0; i < ROWS_N(rows); i++) {
		list[i] = taxonomy_of(rows[i][0], rows[i][1]);
		list[i].address = str_printf(a, "/%s/", rows[i][0]);
	}
	list[1].hierarchical = true;
	s->taxonomies = list;
	s->taxonomies_n = ROWS_N(rows);
}

/* Entries change or join the six that always are; `kinds: false` takes one away. */
static bool read_taxonomies(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Settings *s = (Settings *)((char *)out - offsetof(Settings, taxonomies));
	Entry *entries;
	size_t count = read_entries(r, n, "taxonomy", &entries), kept = s->taxonomies_n;
	Taxonomy *list = NEW_N(r->arena, Taxonomy, kept + count);
	(void)row;
	memcpy(list, s->taxonomies, kept * sizeof *list);
	for (size_t i = 0; i < count; i++) {
		size_t k = 0;
		bool on = true;
		while (k < kept && !str_eq(list[k].name, entries[i].name))
			k++;
		if (entries[i].value->kind == YAML_TEXT && yaml_bool(entries[i].value, &on) && !on) {
			for (; k + 1 < kept; k++)
				list[k] = list[k + 1];
			kept -= k < kept;
			continue;
		}
		if (k == kept) {
			list[kept] = (Taxonomy){.name = entries[i].name, .field = entries[i].name, .layout = S("term"), .feed = true};
			list[kept++].address = str_printf(r->arena, "/%.*s/", STR_ARG(entries[i].name));
		}
		if (entries[i].value->kind == YAML_MAP)
			rows_read(r, taxonomy_rows, ROWS_N(taxonomy_rows), entries[i].value, &list[k], "taxonomies.");
		list[k].name = entries[i].name;
		list[k].place = entries[i].key->place;
	}
	s->taxonomies = list;
	s->taxonomies_n = kept;
	return true;
}
const RowType type_taxonomies = {"names with settings", "\"type\": [\"object\", \"array\"]", read_taxonomies, .keeps_text = false};
