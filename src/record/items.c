/* The fields whose values are publications, changes, links and images: each takes a text, a map, or a list of either. */
#include "record/rows.h"

#include "base/table.h"

#include <stddef.h>

#define MEMBER(T, member) .at = offsetof(T, member)

/* Related publications */

static const Str relation_words[] = {[RELATION_RELATED] = STR_INIT("related"),
	[RELATION_REPLACES] = STR_INIT("replaces"),
	[RELATION_FOLLOWS] = STR_INIT("follows"),
	[RELATION_RESPONDS_TO] = STR_INIT("responds_to"),
	[RELATION_CORRECTS] = STR_INIT("corrects"),
	{0}};

const char *relation_name(Relation r)
{
	return relation_words[r].p;
}

typedef struct RelatedMap {
	Str to, title, never, by[RELATION_N];
	int relation;
} RelatedMap;

const Row related_rows[RELATED_ROWS_N] = {
	{STR_INIT("related"), "to url path slug", &type_text, MEMBER(RelatedMap, by[RELATION_RELATED]),
		.help = "What is related: a slug, a path, an exact title or an address."},
	{STR_INIT("replaces"), NULL, &type_text, MEMBER(RelatedMap, by[RELATION_REPLACES]), .help = "What this one replaces."},
	{STR_INIT("follows"), NULL, &type_text, MEMBER(RelatedMap, by[RELATION_FOLLOWS]), .help = "What this one continues."},
	{STR_INIT("responds_to"), NULL, &type_text, MEMBER(RelatedMap, by[RELATION_RESPONDS_TO]), .help = "What this one answers."},
	{STR_INIT("corrects"), NULL, &type_text, MEMBER(RelatedMap, by[RELATION_CORRECTS]), .help = "What this one corrects."},
	{STR_INIT("never"), NULL, &type_text, MEMBER(RelatedMap, never), .help = "What must not be proposed as related."},
	{STR_INIT("title"), NULL, &type_text, MEMBER(RelatedMap, title), .help = "The title to show for an address outside the archive."},
	{STR_INIT("relation"), NULL, &type_word, MEMBER(RelatedMap, relation), .words = relation_words, .fallback = "related",
		.help = "The relation, where the target stands under to."},
};

typedef struct RelatedList {
	RelatedItem *at;
	size_t n, cap;
} RelatedList;

static void add_related(Reading *r, RelatedList *l, RelatedItem item)
{
	ARENA_ROOM(r->arena, l->at, l->n, l->cap);
	l->at[l->n++] = item;
}

/* {replaces: x, title: y}, or {never: x}. */
static void read_related_map(Reading *r, const YamlNode *n, RelatedList *list)
{
	RelatedMap m = {0};
	size_t before = list->n;
	rows_read(r, related_rows, ROWS_N(related_rows), n, &m, "related.");
	for (int k = 0; k < RELATION_N; k++)
		if (m.by[k].n)
			add_related(r, list,
				(RelatedItem){m.by[k], m.title, k == RELATION_RELATED ? (Relation)m.relation : (Relation)k, false, n->place});
	if (m.never.n)
		add_related(r, list, (RelatedItem){m.never, m.title, RELATION_RELATED, true, n->place});
	if (list->n == before && !m.title.n)
		row_fault(r, CHECK_FIELD_VALUE, n->place,
			S("write related, replaces, follows, responds_to, corrects or never, and what it is"),
			"a related publication without a target; it is left out");
	else if (list->n == before) /* a title alone is the exact title */
		add_related(r, list, (RelatedItem){m.title, (Str){0}, (Relation)m.relation, false, n->place});
}

/* A map at the top may hold lists: {replaces: [x, y], never: z}. */
static bool has_list(const YamlNode *map)
{
	for (uint32_t i = 0; i < map->n; i++)
		if (map->items[2 * i + 1].kind == YAML_LIST)
			return true;
	return false;
}

static void read_related_lists(Reading *r, const Row *row, const YamlNode *n, RelatedList *list)
{
	for (uint32_t i = 0; i < n->n; i++) {
		const YamlNode *key = &n->items[2 * i];
		const Row *of = row_find(related_rows, ROWS_N(related_rows), key->text);
		size_t count, relation = of ? (size_t)(of - related_rows) : 0;
		if (!of || relation > RELATION_N) { /* never stands behind the relations */
			key_unknown(r, related_rows, ROWS_N(related_rows), key, "related.");
			continue;
		}
		const YamlNode *from = node_items(key + 1, &count);
		for (size_t k = 0; k < count; k++) {
			Str target;
			bool never = relation == RELATION_N;
			if (node_text(r, row, &from[k], &target) && target.n)
				add_related(r, list,
					(RelatedItem){target, (Str){0}, never ? RELATION_RELATED : (Relation)relation, never, from[k].place});
		}
	}
}

static bool read_related(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	RelatedList list = {0};
	size_t count;
	const YamlNode *from = node_items(n, &count);
	for (size_t i = 0; i < count; i++) {
		Str target;
		if (from[i].kind == YAML_MAP && (n->kind == YAML_LIST || !has_list(n)))
			read_related_map(r, &from[i], &list);
		else if (from[i].kind == YAML_MAP)
			read_related_lists(r, row, n, &list);
		else if (node_text(r, row, &from[i], &target) && target.n)
			add_related(r, &list, (RelatedItem){.target = target, .place = from[i].place});
	}
	Record *record = (Record *)((char *)out - row->at);
	record->related = list.at;
	record->related_n = list.n;
	return true;
}

/* Changes */

static const Str change_words[] = {[CHANGE_UNMARKED] = STR_INIT(" "),
	[CHANGE_MINOR] = STR_INIT("minor"),
	[CHANGE_ADDENDUM] = STR_INIT("addendum"),
	[CHANGE_CLARIFICATION] = STR_INIT("clarification"),
	[CHANGE_CORRECTION] = STR_INIT("correction"),
	[CHANGE_CORRIGENDUM] = STR_INIT("corrigendum"),
	[CHANGE_ERRATUM] = STR_INIT("erratum"),
	[CHANGE_EXPRESSION_OF_CONCERN] = STR_INIT("expression_of_concern"),
	[CHANGE_NEW_EDITION] = STR_INIT("new_edition"),
	[CHANGE_NEW_VERSION] = STR_INIT("new_version"),
	[CHANGE_PARTIAL_RETRACTION] = STR_INIT("partial_retraction"),
	[CHANGE_REMOVAL] = STR_INIT("removal"),
	[CHANGE_RETRACTION] = STR_INIT("retraction"),
	[CHANGE_WITHDRAWAL] = STR_INIT("withdrawal"),
	{0}};

const char *change_type_name(ChangeType t)
{
	return t == CHANGE_UNMARKED ? "" : change_words[t].p;
}

bool change_type_of(Str name, ChangeType *out, Str *near)
{
	char plain[32];
	name = str_trim(name);
	*near = (Str){0};
	if (name.n > sizeof plain)
		return false;
	for (size_t i = 0; i < name.n; i++)
		plain[i] = name.p[i] == ' ' || name.p[i] == '-' ? '_' : ascii_lower(name.p[i]);
	for (int t = CHANGE_MINOR; t < CHANGE_N; t++)
		if (str_eq(str_n(plain, name.n), change_words[t])) {
			*out = (ChangeType)t;
			return true;
		}
	*near = nearest_name(str_n(plain, name.n), change_words + CHANGE_MINOR, CHANGE_N - CHANGE_MINOR);
	return false;
}

static bool read_change_type(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s, near;
	ChangeType type;
	if (!node_text(r, row, n, &s) || !s.n)
		return false;
	if (change_type_of(s, &type, &near)) {
		*(ChangeType *)out = type;
		return true;
	}
	row_fault(r, CHECK_FIELD_VALUE, n->place, word_hint(r, s, change_words + CHANGE_MINOR, CHANGE_N - CHANGE_MINOR),
		"\"%.*s\" is not a type of change; it is left out", STR_ARG(s));
	return false;
}
static const RowType type_change = {"a type of change", NULL, read_change_type, .keeps_text = true};

/* 3 or v3. */
static bool read_version(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s;
	int64_t number;
	if (!node_text(r, row, n, &s) || !s.n)
		return false;
	if (str_int(str_from(s, *s.p == 'v'), &number) && number > 0) {
		*(int64_t *)out = number;
		return true;
	}
	row_fault(r, CHECK_FIELD_VALUE, n->place, S("write a number: 3"), "\"%.*s\" is not the number of a version; it is left out",
		STR_ARG(s));
	return false;
}
static const RowType type_version = {"a version's number", "\"type\": [\"integer\", \"string\"]", read_version, .keeps_text = true};

const Row change_rows[CHANGE_ROWS_N] = {
	{STR_INIT("date"), NULL, &type_date, MEMBER(Change, date), .help = "The day of the change."},
	{STR_INIT("type"), NULL, &type_change, MEMBER(Change, type), .words = change_words + CHANGE_MINOR,
		.help = "What kind of change it is."},
	{STR_INIT("note"), NULL, &type_text, MEMBER(Change, note), .help = "What changed and why, for readers."},
	{STR_INIT("version"), NULL, &type_version, MEMBER(Change, version), .help = "The version it belongs to, when it was noted later."},
};

static bool read_changes(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	size_t count, kept = 0;
	const YamlNode *from = node_items(n, &count);
	Change *changes = NEW_N(r->arena, Change, count);
	for (size_t i = 0; i < count; i++) {
		Change *c = &changes[kept];
		*c = (Change){.place = from[i].place};
		if (from[i].kind == YAML_MAP)
			rows_read(r, change_rows, ROWS_N(change_rows), &from[i], c, "changes.");
		else if (!node_text(r, row, &from[i], &c->note))
			continue;
		if (c->note.n || c->type)
			kept++;
		else if (from[i].kind == YAML_MAP && !yaml_get(&from[i], S("type"))) /* a wrong type has been said */
			row_fault(r, CHECK_FIELD_VALUE, from[i].place, S("write type, note or both"),
				"a change without a type and a note; it is left out");
	}
	Record *record = (Record *)((char *)out - row->at);
	record->changes = changes;
	record->changes_n = kept;
	return true;
}

/* Links and archived copies: an address, {title, url}, or {title: address}. */

const Row link_rows[LINK_ROWS_N] = {
	{STR_INIT("title"), "name label", &type_text, MEMBER(Link, title),
		.help = "What the link says; of an archived copy, the address it is a copy of."},
	{STR_INIT("url"), "href", &type_url, MEMBER(Link, url), .help = "Its address."},
};

typedef struct LinkList {
	Link *at;
	size_t n, cap;
} LinkList;

static void add_link(Reading *r, LinkList *l, Link link)
{
	if (!link.url.n)
		return;
	ARENA_ROOM(r->arena, l->at, l->n, l->cap);
	l->at[l->n++] = link;
}

static void read_link(Reading *r, const YamlNode *n, LinkList *list)
{
	Link link = {.place = n->place};
	if (n->kind == YAML_MAP && (yaml_get(n, S("url")) || yaml_get(n, S("href")))) {
		rows_read(r, link_rows, ROWS_N(link_rows), n, &link, "links.");
		add_link(r, list, link);
		return;
	}
	for (uint32_t i = 0; n->kind == YAML_MAP && i < n->n; i++) {
		link = (Link){.title = n->items[2 * i].text, .place = n->items[2 * i + 1].place};
		if (type_url.read(r, &link_rows[1], &n->items[2 * i + 1], &link.url))
			add_link(r, list, link);
	}
	if (n->kind != YAML_MAP && type_url.read(r, &link_rows[1], n, &link.url))
		add_link(r, list, link);
}

static bool read_links(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	LinkList list = {0};
	size_t count;
	const YamlNode *from = node_items(n, &count);
	Record *record = (Record *)((char *)out - row->at);
	for (size_t i = 0; i < count; i++)
		read_link(r, &from[i], &list);
	bool archived = row->at == offsetof(Record, archived);
	*(archived ? &record->archived : &record->links) = list.at;
	*(archived ? &record->archived_n : &record->links_n) = list.n;
	return true;
}

/* Images */

const Row image_rows[IMAGE_ROWS_N] = {
	{STR_INIT("path"), "src url file", &type_path, MEMBER(Image, path), .help = "The image's path."},
	{STR_INIT("alt"), NULL, &type_text, MEMBER(Image, alt), .help = "What it shows, for those who cannot see it."},
	{STR_INIT("caption"), NULL, &type_text, MEMBER(Image, caption), .help = "The words below it."},
	{STR_INIT("credit"), "source", &type_text, MEMBER(Image, credit), .help = "Who made it."},
};

static bool read_image(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Image image = {.place = n->place};
	if (n->kind == YAML_MAP)
		rows_read(r, image_rows, ROWS_N(image_rows), n, &image, "image.");
	else if (!type_path.read(r, row, n, &image.path))
		return false;
	*(Image *)out = image;
	return true;
}

#define LISTED(items) \
	"\"anyOf\": [{\"type\": [\"string\", \"number\", \"object\", \"null\"]}, {\"type\": \"array\", \"items\": {" items "}}]"
const RowType type_related = {"a publication or a list of them", LISTED("\"type\": [\"string\", \"number\", \"object\"]"), read_related,
	.keeps_text = true, .lists = true};
const RowType type_changes = {
	"a change or a list of them", LISTED("\"type\": [\"string\", \"object\"]"), read_changes, .keeps_text = true, .lists = true};
const RowType type_links = {"an address, titles with addresses, or a list of these", LISTED("\"type\": [\"string\", \"object\"]"),
	read_links, .keeps_text = true, .lists = true};
const RowType type_image = {"a path or a group of fields", "\"type\": [\"string\", \"object\", \"null\"]", read_image, .keeps_text = true};
