/* The filters and tags that know a site. One row each; to add one, add its row and its function. */
#include "links.h"
#include "render/parts.h"

static const View *view_of(LiquidCall *c) { return ((const RenderWorker *)c->user)->view; }
static Str text_of(LiquidCall *c, Value v) { return liquid_text(c->render, v); }

/* ---- addresses ---- */

static Value run_relative_url(LiquidCall *c)
{
	const Site *s = view_of(c)->site;
	Str url = text_of(c, c->in);
	if (!url.n || doc_url_external(url) || *url.p == '#')
		return value_str(url);
	if (*url.p != '/')
		url = str_join(c->arena, S("/"), url);
	bool has_base = s->base.n && str_starts(url, s->base) && (url.n == s->base.n || url.p[s->base.n] == '/');
	return value_str(has_base ? url : link_url(s, url, c->arena));
}

static Value run_absolute_url(LiquidCall *c)
{
	c->in = run_relative_url(c);
	return value_str(absolute(view_of(c)->site, value_as_str(c->in), c->arena));
}

static size_t asset_number(const Layouts *l, Str name, Arena *a)
{
	Str path = str_starts(name, S("assets/")) ? name : str_join(a, S("assets/"), name);
	for (size_t i = 0; i < l->assets_n; i++)
		if (str_eq(l->assets[i], path))
			return i;
	return SIZE_MAX;
}

static Value run_asset(LiquidCall *c)
{
	const Layouts *l = view_of(c)->site->layouts;
	Str name = text_of(c, c->in);
	size_t i = asset_number(l, name, c->arena);
	if (i == SIZE_MAX) {
		liquid_fail(c, "there is no asset %.*s in layouts/assets/", STR_ARG(name));
		return NIL;
	}
	return value_str(link_url(view_of(c)->site, str_join(c->arena, S("/"), l->asset_paths[i]), c->arena));
}

static Value run_asset_integrity(LiquidCall *c)
{
	const Layouts *l = view_of(c)->site->layouts;
	size_t i = asset_number(l, text_of(c, c->in), c->arena);
	return i == SIZE_MAX ? NIL : value_str(l->asset_hashes[i]);
}

static Value address_of_path(LiquidCall *c, Str path)
{
	const Site *s = view_of(c)->site;
	const Target *t = table_get(&s->by_path, path);
	if (!t)
		t = table_get(&s->by_path, str_join(c->arena, S("content/"), path));
	if (!t || t->state != TARGET_PUBLIC) {
		liquid_fail(c, "there is no page %.*s", STR_ARG(path));
		return NIL;
	}
	return value_str(link_url(s, t->address, c->arena));
}

static Value tag_link(LiquidCall *c, Str words) { return address_of_path(c, str_trim(words)); }

static Value tag_post_url(LiquidCall *c, Str words)
{
	const Site *s = view_of(c)->site;
	Str name = str_trim(words);
	for (size_t i = 0; i < s->briefs_n; i++) {
		const Document *d = s->briefs[i]->page.document;
		Str file = str_from(d->stem, str_rfind_char(d->stem, '/') + 1);
		if (str_eq(d->slug, name) || str_eq(d->stem, name) || str_eq(file, name))
			return value_str(s->briefs[i]->page.url);
	}
	liquid_fail(c, "there is no brief %.*s", STR_ARG(name));
	return NIL;
}

/* ---- words of the interface ---- */

static Str replace(Str s, Str what, Str with, Arena *a)
{
	Buf b = {0};
	for (size_t at; (at = str_find(s, what)) != SIZE_MAX; s = str_from(s, at + what.n)) {
		buf_puts(&b, str_upto(s, at));
		buf_puts(&b, with);
	}
	buf_puts(&b, s);
	Str out = str_dup(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static Value run_t(LiquidCall *c)
{
	const View *v = view_of(c);
	const RenderWorker *w = c->user;
	Str key = text_of(c, c->in), count = {0};
	Value word = layouts_word(v->site->layouts, v->lang, key);
	if (c->n) {
		count = text_of(c, c->args[0]);
		double number = c->args[0].kind == V_INT ? (double)c->args[0].i : c->args[0].kind == V_FLOAT ? c->args[0].f : 0;
		Value form = NIL;
		if (word.kind == V_MAP && !map_get(word.map, str_of(icu_plural(w->icu, number, v->lang)), &form))
			map_get(word.map, S("other"), &form);
		if (word.kind == V_MAP)
			word = form;
		Buf b = {0};
		icu_put_number(w->icu, &b, number, v->lang, -1);
		count = str_dup(c->arena, buf_str(&b));
		buf_release(&b);
	}
	if (word.kind != V_STR)
		return value_str(key); /* a word that no language has shows its key, which can be found */
	Str s = value_as_str(word);
	if (c->n)
		s = replace(s, S("{count}"), count, c->arena);
	for (uint32_t i = 0; i < c->n_named; i++)
		s = replace(s, str_printf(c->arena, "{%.*s}", STR_ARG(c->named[i].key)), text_of(c, c->named[i].value), c->arena);
	return value_str(s);
}

/* ---- text ---- */

static Value run_markdownify(LiquidCall *c)
{
	const View *v = view_of(c);
	Buf b = {0};
	DocRules rules = {.lang = v->lang};
	Doc *doc = doc_parse(liquid_file(c->render), text_of(c, c->in), 1, &rules, c->arena, NULL);
	doc_html(doc, &(DocHtml){.words = layouts_words((void *)v->site->layouts, v->lang)}, c->arena, &b);
	Str html = str_dup(c->arena, buf_str(&b));
	buf_release(&b);
	return value_safe(html);
}

static Value run_smartify(LiquidCall *c)
{
	return value_str(doc_smart(text_of(c, c->in), view_of(c)->lang, c->arena));
}

/* clang-format off */
const LiquidFilter host_filters[] = {
	{STR_INIT("absolute_url"), 0, 0, LIQUID_ADDRESS, run_absolute_url, NULL, "The whole address of a page or file, with host and base path.", "{{ \"/about/\" | absolute_url }}", "https://example.org/archive/about/"},
	{STR_INIT("asset"), 0, 0, LIQUID_ADDRESS, run_asset, NULL, "Address of a file of layouts/assets/, with its fingerprint in the name.", "{{ \"print.css\" | asset }}", "/archive/assets/print.923c4986.css"},
	{STR_INIT("asset_integrity"), 0, 0, 0, run_asset_integrity, NULL, "The same file's hash, for integrity attributes.", "{{ \"print.css\" | asset_integrity }}", "sha256-h0edHyeCYlAhvEm5kY3fuSYh3DJD+dFLZVd5tqqpGoU="},
	{STR_INIT("markdownify"), 0, 0, 0, run_markdownify, NULL, "Markdown as HTML.", "{{ \"*Nine* of twelve\" | markdownify }}", "<p><em>Nine</em> of twelve</p>"},
	{STR_INIT("relative_url"), 0, 0, LIQUID_ADDRESS, run_relative_url, NULL, "The address under the base path.", "{{ \"/about/\" | relative_url }}", "/archive/about/"},
	{STR_INIT("smartify"), 0, 0, 0, run_smartify, NULL, "Typographic quotes, dashes and dots, in the page's language.", "{{ \"Ten -- or 'more'...\" | smartify }}", "Ten – or ‘more’…"},
	{STR_INIT("t"), 0, 1, 0, run_t, "*", "The interface's word in the page's language; a count chooses the form; named words fill {braces}.", "{{ \"briefs\" | t }}, {{ \"n_briefs\" | t: 3 }}", "Briefs, 3 briefs"},
};
const size_t host_filters_n = sizeof host_filters / sizeof *host_filters;

const LiquidTag host_tags[] = {
	{.name = STR_INIT("link"), .run = tag_link, .help = "Address of the page that a file makes.", .example = "{% link briefs/tides.md %}", .gives = "/archive/briefs/tides/"},
	{.name = STR_INIT("post_url"), .run = tag_post_url, .help = "Address of a brief by its slug or file name.", .example = "{% post_url tides %}", .gives = "/archive/briefs/tides/"},
};
/* clang-format on */
const size_t host_tags_n = sizeof host_tags / sizeof *host_tags;

size_t render_tags(const LiquidTag **rows)
{
	*rows = host_tags;
	return host_tags_n;
}
