/* Layouts: files found by name, the archive's own before the defaults; the interface's words; the assets with the
 * fingerprint in their names, so that a browser may keep them for ever. */
#include "lib/hash.h"
#include "lib/yaml.h"
#include "render/parts.h"

#include <errno.h>
#include <stdlib.h>

/* ---- files ---- */

static LiquidEscape escape_of(Str name)
{
	if (str_ends(name, S(".liquid")))
		name = str_upto(name, name.n - 7);
	static const struct { Str ending; LiquidEscape escape; } rows[] = {
		{STR_INIT(".xml"), LIQUID_XML}, {STR_INIT(".json"), LIQUID_JSON}, {STR_INIT(".txt"), LIQUID_PLAIN},
		{STR_INIT(".link"), LIQUID_PLAIN}, {STR_INIT(".bib"), LIQUID_PLAIN}, {STR_INIT(".ris"), LIQUID_PLAIN},
		{STR_INIT(".css"), LIQUID_PLAIN}, {STR_INIT(".js"), LIQUID_PLAIN}, {STR_INIT(".md"), LIQUID_PLAIN},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (str_ends(name, rows[i].ending))
			return rows[i].escape;
	return LIQUID_HTML;
}

static bool read_layout(Layouts *l, Str name, Arena *a, LiquidSource *out)
{
	bool own;
	if (source_layout(l->source, name, a, &out->text, &own))
		return false;
	out->file = str_join(a, own ? S("layouts/") : S("(default) layouts/"), name);
	out->escape = escape_of(name);
	return true;
}

static bool read_jekyll(Layouts *l, Str folder, Str name, Arena *a, LiquidSource *out)
{
	Str path = str_join(a, folder, name);
	if (!source_has(l->source, path) || source_read(l->source, path, 0, a, &out->text))
		return false;
	out->file = path;
	out->escape = escape_of(name);
	return true;
}

static bool find(Layouts *l, LiquidKind kind, Str name, Arena *a, LiquidSource *out)
{
	static const Str endings[] = {STR_INIT(".liquid"), STR_INIT(".html"), STR_INIT(""), STR_INIT(".xml")};
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		Str file = str_join(a, name, endings[i]);
		if (kind == LIQUID_LAYOUT && (read_jekyll(l, S("_layouts/"), file, a, out) || read_layout(l, file, a, out)))
			return true;
		if (kind == LIQUID_INCLUDE && (read_jekyll(l, S("_includes/"), file, a, out) ||
		                               read_layout(l, str_join(a, S("includes/"), file), a, out)))
			return true;
	}
	return false;
}

static bool safe_name(Str name)
{
	if (!name.n || *name.p == '/' || str_find(name, S("..")) != SIZE_MAX || str_find_char(name, '\\') != SIZE_MAX)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < 0x20)
			return false;
	return true;
}

static bool host_load(void *user, LiquidKind kind, Str name, Str from_file, Arena *a, LiquidSource *out)
{
	Layouts *l = user;
	*out = (LiquidSource){0};
	if (!safe_name(name))
		return false;
	if (kind == LIQUID_RELATIVE) {
		Str folder = str_upto(from_file, str_rfind_char(from_file, '/') + 1);
		if (!read_jekyll(l, folder, name, a, out))
			return false;
	} else if (!find(l, kind, name, a, out)) {
		return false;
	}
	Split parts = record_split(out->text);
	if (!parts.has_front_matter)
		return true;
	YamlText y = {.file = out->file, .text = out->text, .from = parts.yaml, .to = parts.yaml_end, .level = DIAG_ERROR};
	const YamlNode *front = yaml_parse(&y, a, &l->diags);
	out->body = parts.body;
	out->front = front ? yaml_value(front, a) : NIL;
	return true;
}

static size_t layout_names(const Layouts *l, LiquidKind kind, Arena *a, const Str **names)
{
	Str *list = NEW_N(a, Str, l->names_n);
	size_t n = 0;
	for (size_t i = 0; i < l->names_n; i++) {
		Str s = l->names[i];
		bool include = str_starts(s, S("includes/"));
		if ((kind == LIQUID_INCLUDE) != include || str_starts(s, S("assets/")) || str_starts(s, S("i18n/")))
			continue;
		s = include ? str_from(s, 9) : s;
		list[n++] = str_ends(s, S(".liquid")) ? str_upto(s, s.n - 7) : s;
	}
	*names = list;
	return n;
}

static size_t host_names(void *user, LiquidKind kind, const Str **names)
{
	Layouts *l = user;
	return layout_names(l, kind, &l->arena, names);
}

/* ---- words and assets ---- */

static void read_words(Layouts *l, Str name)
{
	Str text;
	bool own;
	Value *v = NEW(&l->arena, Value);
	Str lang = str_upto(str_from(name, 5), str_rfind_char(name, '.') - 5);
	if (source_layout(l->source, name, &l->arena, &text, &own))
		return;
	if (yaml_data(str_join(&l->arena, S("layouts/"), name), text, &l->arena, &l->diags, v) && v->kind == V_MAP)
		table_put(&l->words, lang, v);
}

/* assets/style.css -> assets/style.0123abcd.css */
static void read_asset(Layouts *l, Str name)
{
	Str text;
	bool own;
	if (source_layout(l->source, name, &l->arena, &text, &own))
		return;
	Buf hex = {0}, sri = {0};
	uint8_t sha[32];
	buf_put_hash(&hex, hash_of(text));
	hash_sha256(text, sha);
	buf_lit(&sri, "sha256-");
	buf_put_base64(&sri, sha, sizeof sha);
	size_t dot = str_rfind_char(name, '.');
	dot = dot == SIZE_MAX ? name.n : dot;
	l->assets[l->assets_n] = name;
	l->asset_paths[l->assets_n] = str_printf(&l->arena, "%.*s.%.8s%.*s", (int)dot, name.p, hex.p, STR_ARG(str_from(name, dot)));
	l->asset_hashes[l->assets_n++] = str_dup(&l->arena, buf_str(&sri));
	buf_release(&hex);
	buf_release(&sri);
}

static Value word_in(const Layouts *l, Str lang, Str key)
{
	Value v = NIL;
	const Value *map = table_get(&l->words, lang);
	if (!map) { /* pt-BR: pt */
		size_t dash = str_find_char(lang, '-');
		map = dash == SIZE_MAX ? NULL : table_get(&l->words, str_upto(lang, dash));
	}
	if (map)
		map_get(map->map, key, &v);
	return v;
}

Value layouts_word(const Layouts *l, Str lang, Str key)
{
	Value v = word_in(l, lang, key);
	if (value_is_nil(v))
		v = word_in(l, l->settings->language, key);
	if (value_is_nil(v))
		v = word_in(l, S("en"), key);
	return v;
}

static void make_doc_words(Layouts *l, Str lang)
{
	DocWords *w = NEW(&l->arena, DocWords);
#define WORD(field, key) w->field = value_as_str(layouts_word(l, lang, S(key)))
	WORD(notes, "notes");
	WORD(note, "note");
	WORD(back, "back");
	WORD(table, "table");
	WORD(source, "source_word");
	WORD(credit, "credit");
	WORD(video, "video");
	WORD(podcast, "podcast");
#undef WORD
	table_put(&l->doc_words, lang, w);
}

const DocWords *layouts_words(void *layouts, Str lang)
{
	const Layouts *l = layouts;
	const DocWords *w = lang.n ? table_get(&l->doc_words, lang) : NULL;
	return w ? w : table_get(&l->doc_words, l->settings->language);
}

size_t layouts_assets(void *layouts, const Str **names, const Str **paths)
{
	const Layouts *l = layouts;
	*names = l->assets;
	*paths = l->asset_paths;
	return l->assets_n;
}

/* `paginate:` in the layout's front matter, else the setting; only layouts that mention the paginator are cut. */
int64_t layouts_per_sheet(void *layouts, Str layout)
{
	Layouts *l = layouts;
	int64_t per = l->settings->paginate;
	const LiquidTemplate *t = liquid_load(l->liquid, LIQUID_LAYOUT, layout, (Str){0}, &l->diags);
	Value front = t ? liquid_template_front(t) : NIL, v = NIL;
	if (front.kind == V_MAP && map_get(front.map, S("paginate"), &v))
		per = v.kind == V_INT ? v.i : 0;
	else if (str_eq(layout, S("home")))
		per = 0;
	return per;
}

static void complain_of_layout(const Layouts *l, const Leaf *leaf, size_t leaves, Diags *d)
{
	const Document *by = leaf->page ? leaf->page->document : NULL;
	Place place = by ? record_place(&by->record, F_LAYOUT) : (Place){0};
	const Str *names;
	size_t n = layout_names(l, LIQUID_LAYOUT, &d->arena, &names);
	Str near = nearest_name(leaf->layout, names, n), count = leaves > 1 ? str_printf(&d->arena, " (%zu files)", leaves) : (Str){0};
	diag_add(d, diag_in(DIAG_ERROR, NULL, place.line ? by->path : (Str){0}, place.line ? by->head : (Str){0}, place,
		str_printf(&d->arena, "there is no layout \"%.*s\"%.*s", STR_ARG(leaf->layout), STR_ARG(count)),
		near.n ? str_printf(&d->arena, "did you mean \"%.*s\"?", STR_ARG(near))
		       : str_printf(&d->arena, "write layouts/%.*s.liquid (gen layout copy brief makes one to begin with); or, to use the collection's own "
		                    "layout, write in site.yaml under its fields: layout: keep", STR_ARG(leaf->layout))));
}

const LiquidTemplate *leaf_layout(const Layouts *l, const Leaf *leaf, Diags *d)
{
	const LiquidTemplate *t = liquid_load(l->liquid, LIQUID_LAYOUT, leaf->layout, (Str){0}, d);
	if (t || !liquid_missing(l->liquid, leaf->layout))
		return t;
	complain_of_layout(l, leaf, 1, d);
	return NULL;
}

/* A layout that is not there, and that a whole archive may name: said once, unless it is a misspelling. */
typedef struct LayoutGap {
	const Leaf *first;
	size_t leaves;
} LayoutGap;

void layouts_check(Layouts *l, const Site *s, Diags *d)
{
	enum { MOST_GAPS = 100 };
	LayoutGap gaps[MOST_GAPS];
	size_t n = 0;
	for (size_t i = 0; i < s->leaves_n; i++) {
		const Leaf *leaf = s->leaves[i];
		if (!leaf->layout.n || liquid_load(l->liquid, LIQUID_LAYOUT, leaf->layout, (Str){0}, d) || !liquid_missing(l->liquid, leaf->layout))
			continue;
		const Str *names;
		size_t k = 0, names_n = layout_names(l, LIQUID_LAYOUT, &d->arena, &names);
		if (nearest_name(leaf->layout, names, names_n).n) {
			complain_of_layout(l, leaf, 1, d);
			continue;
		}
		while (k < n && !str_eq(gaps[k].first->layout, leaf->layout))
			k++;
		if (k == n && n < MOST_GAPS)
			gaps[n++] = (LayoutGap){leaf, 0};
		if (k < n)
			gaps[k].leaves++;
	}
	for (size_t k = 0; k < n; k++)
		complain_of_layout(l, gaps[k].first, gaps[k].leaves, d);
	diags_move(d, &l->diags);
	diags_clear(&l->diags);
}

void layouts_load_all(Layouts *l, Diags *d)
{
	for (LiquidKind kind = LIQUID_LAYOUT; kind <= LIQUID_INCLUDE; kind++) {
		const Str *names;
		size_t n = layout_names(l, kind, &l->arena, &names);
		for (size_t i = 0; i < n; i++)
			if (!str_starts(names[i], S("preview/")))
				liquid_load(l->liquid, kind, names[i], (Str){0}, d);
	}
	diags_move(d, &l->diags);
	diags_clear(&l->diags);
}

/* ---- life ---- */

/* Boxes stand in texts, which come before pages: their faults wait here until layouts_check. */
static void load_boxes(Layouts *l)
{
	const Str *names;
	for (size_t i = layout_names(l, LIQUID_LAYOUT, &l->arena, &names); i-- > 0;)
		if (str_starts(names[i], S("blocks/")))
			liquid_load(l->liquid, LIQUID_LAYOUT, names[i], (Str){0}, &l->diags);
}

static const Str globals[] = {STR_INIT("site"), STR_INIT("page"), STR_INIT("content"), STR_INIT("layout"), STR_INIT("paginator"),
                              STR_INIT("block"), STR_INIT("include"), STR_INIT("preview")};

Layouts *layouts_open(Source *source, const Settings *settings, bool profile, Diags *d)
{
	Layouts *l = mem_alloc(sizeof *l);
	*l = (Layouts){.source = source, .settings = settings};
	l->words.arena = l->doc_words.arena = &l->arena;
	source_layout_list(source, &l->arena, &l->names, &l->names_n, d);
	l->assets = NEW_N(&l->arena, Str, l->names_n);
	l->asset_paths = NEW_N(&l->arena, Str, l->names_n);
	l->asset_hashes = NEW_N(&l->arena, Str, l->names_n);
	for (size_t i = 0; i < l->names_n; i++) {
		if (str_starts(l->names[i], S("i18n/")))
			read_words(l, l->names[i]);
		else if (str_starts(l->names[i], S("assets/")))
			read_asset(l, l->names[i]);
	}
	make_doc_words(l, settings->language);
	for (size_t i = 0; i < l->words.cap; i++)
		if (l->words.slots[i].value && !table_get(&l->doc_words, l->words.slots[i].key))
			make_doc_words(l, l->words.slots[i].key);
	LiquidHost host = {.user = l, .load = host_load, .names = host_names, .filters = host_filters, .n_filters = host_filters_n,
	                   .tags = host_tags, .n_tags = host_tags_n, .globals = globals, .n_globals = sizeof globals / sizeof *globals};
	l->liquid = liquid_new(&host);
	liquid_profile(l->liquid, profile);
	diags_move(d, &l->diags);
	diags_clear(&l->diags);
	load_boxes(l);
	return l;
}

void layouts_free(Layouts *l)
{
	if (!l)
		return;
	liquid_free(l->liquid);
	diags_release(&l->diags);
	arena_release(&l->arena);
	free(l);
}

static void put_costs(Layouts *l, Arena *a, Buf *b)
{
	const LiquidCost *costs;
	size_t n = liquid_costs(l->liquid, a, &costs);
	uint64_t all = 0;
	for (size_t i = 0; i < n; i++)
		all += costs[i].nanoseconds;
	buf_lit(b, "   calls   total ms    mean us  share  layout (with what it includes)\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%8llu %10.1f %10.1f %5.1f%%  %.*s\n", (unsigned long long)costs[i].calls, (double)costs[i].nanoseconds / 1e6,
		           (double)costs[i].nanoseconds / 1e3 / (double)(costs[i].calls ? costs[i].calls : 1),
		           all ? 100.0 * (double)costs[i].nanoseconds / (double)all : 0.0, STR_ARG(costs[i].file));
}

/* Chains over site-wide lists that were worked out once for many pages. */
static void put_chains(LiquidMemo *m, Arena *a, Buf *b)
{
	const LiquidMemoLine *lines;
	size_t n = liquid_memo_lines(m, a, &lines);
	if (n)
		buf_lit(b, "    made     reused  chain of filters\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%8llu %10llu  %.*s (%.*s:%u)\n", (unsigned long long)lines[i].made, (unsigned long long)lines[i].reused,
		           STR_ARG(lines[i].chain), STR_ARG(lines[i].file), lines[i].line);
}

void renderer_profile(Renderer *r, Buf *b)
{
	Arena a = {0};
	put_costs(r->layouts, &a, b);
	put_chains(r->memo, &a, b);
	arena_release(&a);
}

struct Liquid *render_language(void)
{
	LiquidHost host = {.filters = host_filters, .n_filters = host_filters_n, .tags = host_tags, .n_tags = host_tags_n};
	return liquid_new(&host);
}
