/* How a front matter becomes a Record by the table of fields (fields.c), a collection's mapping and its folders' defaults. */
#include "record/record.h"

#include "record/rows.h"

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
	const YamlNode *seen[F_N];  /* the key that filled a field */
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

static Str mapped_word(const FieldMap *m, Str word)
{
	for (uint32_t i = 0; m->values && i < m->values->n; i++)
		if (str_eq_nocase(m->values->items[2 * i].text, word) && m->values->items[2 * i + 1].kind == YAML_TEXT)
			return m->values->items[2 * i + 1].text;
	return word;
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
	if (!m->split.n && !m->prefix.n && !m->suffix.n && !m->values)
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
			ARENA_ROOM(tree, items, n, cap);
			items[n] = from[i];
			items[n++].text = str_printf(r->arena, "%.*s%.*s%.*s", STR_ARG(m->prefix), STR_ARG(mapped_word(m, piece)), STR_ARG(m->suffix));
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

/* A person as layouts see it: the group of fields, or the name. */
static Value person_value(const YamlNode *n, Arena *a)
{
	if (n->kind != YAML_MAP)
		return n->kind == YAML_TEXT && !yaml_is_null(n) ? value_str(name_bare(a, n->text)) : text_value(n, a);
	MapMaker m = {.arena = a};
	for (uint32_t i = 0; i < n->n; i++) {
		const YamlNode *key = &n->items[2 * i];
		bool name = str_eq(key->text, S("name")) && key[1].kind == YAML_TEXT;
		map_put(&m, key->text, name ? value_str(name_bare(a, key[1].text)) : yaml_value(key + 1, a));
	}
	return map_seal(&m);
}

/* What stands behind a name (e-mail address, handle) is never shown, by no layout. */
static Value people_value(const Filling *f, const YamlNode *n)
{
	Arena *a = f->r->arena;
	if (n->kind == YAML_LIST) {
		Value *list = NEW_N(a, Value, n->n);
		for (uint32_t i = 0; i < n->n; i++)
			list[i] = person_value(&n->items[i], a);
		return value_list(list, n->n);
	}
	Str all = {0};
	for (size_t i = 0; n->kind == YAML_TEXT && i < f->out->author_n; i++)
		all = i ? str_printf(a, "%.*s, %.*s", STR_ARG(all), STR_ARG(f->out->author[i].name)) : f->out->author[i].name;
	return all.n ? value_str(all) : n->kind == YAML_TEXT ? NIL : person_value(n, a);
}

static Value row_value(const Filling *f, const Row *row, const YamlNode *n)
{
	if (row->type == &type_people)
		return people_value(f, n);
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
		row_fault(f->r, CHECK_KEY_DUPLICATE, p->key->place, S("keep one of the two"),
			"\"%.*s\" is the same field as \"%.*s\" in line %u; this one is left out", STR_ARG(p->key->text),
			STR_ARG(f->seen[number]->text), f->seen[number]->place.line);
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
	ARENA_ROOM(f->r->arena, terms, out->terms_n, f->terms_cap);
	out->terms = terms;
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
	else if (!p->map && !row_find(record_rows, F_N, p->key->text) && !key_hides(f->r, p->key, &f->out->hidden))
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
	const Collection *c = f->rules->collection;
	require(f, F_AUTHOR, out->author_n || f->rules->settings->institute.author,
		S("write author: and the name; where the institute is the author, in site.yaml: institute: {name: ..., author: true}"));
	require(f, F_DATE, out->date.known || (c && c->dates_from_history),
		S("write date: and the day, as 2024-05-01; or, for the whole collection, in site.yaml: dates_from_history: true"));
	require(f, F_TITLE, out->title.n,
		S("write title: and the title; or, for the whole collection, in site.yaml: titles_from_headings: true; its file's name stands in its place"));
}

static void check_html(Filling *f, HtmlMode allowed)
{
	if (f->out->html != HTML_TRUSTED || allowed == HTML_TRUSTED)
		return;
	row_fault(f->r, CHECK_FIELD_VALUE, record_place(f->out, F_HTML),
		S("write html: trusted in site.yaml, for the whole archive or a collection"),
		"only site.yaml can trust HTML; it is cleaned");
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
	row_fault(f->r, CHECK_FIELD_VALUE, record_place(out, F_PERMALINK), (Str){0},
		"the permalink \"%.*s\" cannot be used: %s; it is left out", STR_ARG(out->permalink), why);
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
	out->draft |= out->hidden;
	out->slug_given = out->slug.n > 0;
	Str name = record_name_slug(file, f->rules->collection, a, &from_name);
	if (!out->slug_given)
		out->slug = name;
	if (!out->date.known)
		out->date = from_name.known ? date_here(f->r, from_name, from_name.seconds) : from_name;
	if (f->rules->kind == RECORD_TERM && !out->title.n)
		out->title = out->name;
	if (!out->title.n && f->rules->collection && f->rules->collection->titles_from_headings)
		out->title = heading_title(a, f->rules->body.n ? f->rules->body : str_from(f->r->text, out->body));
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
	YamlText y = {.file = r->file,
		.text = r->text,
		.from = split.yaml,
		.to = split.yaml_end,
		.level = level_of(r, CHECK_YAML_SYNTAX),
		.twice = level_of(r, CHECK_KEY_DUPLICATE),
		.tree = tree};
	const YamlNode *root = yaml_parse(&y, r->arena, r->diags);
	if (r->diags)
		r->errors += r->diags->count[DIAG_ERROR] - before;
	if (!root || root->kind == YAML_MAP)
		return root;
	if (yaml_is_null(root))
		return &nothing;
	row_fault(r, CHECK_YAML_SYNTAX, root->place, S("write one field a line, as title: My brief"), "the front matter is %s, not fields",
		root->kind == YAML_LIST ? "a list" : "a text");
	return NULL;
}

static bool check_whole(Reading *r, Split split)
{
	if (yaml_is_utf16(r->text)) {
		row_fault(r, CHECK_YAML_SYNTAX, (Place){0}, S("save the file with the encoding UTF-8"), "the file is UTF-16, not UTF-8");
		return false;
	}
	Str head = str_starts(r->text, S("\xEF\xBB\xBF")) ? str_from(r->text, 3) : r->text;
	Str rest = head, line;
	const char *form = split_other_form(head);
	if (form && str_line(&rest, &line))
		row_fault(r, CHECK_YAML_SYNTAX, (Place){1, 1, (uint32_t)str_trim_end(line).n},
			S("write it between two lines of --- as YAML, title: My brief; Hugo does it for a whole archive: hugo convert toYAML --unsafe"),
			"a front matter in %s is not read", form);
	else if (split_is_late(head))
		row_fault(r, CHECK_YAML_SYNTAX, (Place){1, 1, 1}, S("take out what stands before the first ---"),
			"the front matter does not begin on the first line, so it would be published as text");
	else if (split.unclosed)
		row_fault(r, CHECK_YAML_SYNTAX, (Place){1, 1, 3}, S("did you forget the second --- that closes it?"),
			"the front matter opens here and is never closed");
	return !split.unclosed;
}

bool record_parse(Str file, Str text, const RecordRules *rules, Arena *a, Diags *d, Record *out)
{
	Split split = record_split(text);
	Str yaml = {text.p + split.yaml, split.yaml_end - split.yaml};
	Reading r = {.file = file,
		.text = text,
		.arena = a,
		.diags = d,
		.checks = &rules->settings->checks,
		.settings = rules->settings,
		.icu = rules->icu,
		.kind = rules->kind};
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
