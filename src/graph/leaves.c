/* Leaves: every file that the site will have, each with its layout and its subject. To add an output, add a name
 * to LeafKind, a row to layouts[], a function that makes its leaves, and a layout. */
#include "graph/parts.h"
#include "lib/icu.h"
#include "links.h"

#include <stdlib.h>

typedef struct Leaves {
	Site *s;
	const GraphRules *rules;
	Leaf **list;
	size_t n, cap;
} Leaves;

static const Str layouts[LEAF_N] = {
	[LEAF_PAGE] = STR_INIT("page"), [LEAF_LIST] = STR_INIT("briefs"),
	[LEAF_FEED] = STR_INIT("feed.xml"), [LEAF_JSON_FEED] = STR_INIT("feed.json"),
	[LEAF_SITEMAP] = STR_INIT("sitemap.xml"), [LEAF_ROBOTS] = STR_INIT("robots.txt"), [LEAF_NOT_FOUND] = STR_INIT("404"),
	[LEAF_VERSION] = STR_INIT("version"), [LEAF_REDLINE] = STR_INIT("redline"), [LEAF_SINCE] = STR_INIT("redline"),
	[LEAF_HISTORY] = STR_INIT("history"), [LEAF_TIMEMAP] = STR_INIT("timemap.link"), [LEAF_BRIEF_FEED] = STR_INIT("feed.xml"),
	[LEAF_CHANGES] = STR_INIT("changes"), [LEAF_CHANGES_FEED] = STR_INIT("feed.xml"),
	[LEAF_RULES] = STR_INIT("redirects.txt"), [LEAF_REDIRECT] = STR_INIT("redirect"), [LEAF_TOMBSTONE] = STR_INIT("tombstone"),
};

/* The file of an address: "/briefs/x/" is briefs/x/index.html. */
static Str file_of(Arena *a, Str address)
{
	Str path = str_from(address, 1);
	return !path.n || str_ends(path, S("/")) ? str_join(a, path, S("index.html")) : path;
}

static Leaf *add(Leaves *l, LeafKind kind, Str path, const Page *page)
{
	MEM_ROOM(l->list, l->n, l->cap);
	Leaf *leaf = l->list[l->n++] = NEW(&l->s->arena, Leaf);
	*leaf = (Leaf){.kind = kind, .path = path, .page = page, .layout = layouts[kind]};
	return leaf;
}

static Str address_of(const Site *s, Str url)
{
	return str_from(url, s->base.n);
}

/* A page that gen makes itself. */
static const Page *made(Site *s, Str address, Str title)
{
	Page *p = NEW(&s->arena, Page);
	*p = (Page){.site = s, .kind = PAGE_MADE, .title = title, .url = link_url(s, address, &s->arena), .lang = s->settings->language};
	return p;
}

/* As many sheets as its layout wants. */
uint32_t list_sheets(const GraphRules *rules, const List *list, uint32_t n, uint32_t *each)
{
	int64_t per = rules->per_sheet(rules->user, list->layout);
	*each = per > 0 ? (uint32_t)per : n ? n : 1;
	return n ? (n + *each - 1) / *each : 1;
}

/* /briefs/, /briefs/page/2/ ... */
Str list_sheet_path(Arena *a, const List *list, uint32_t sheet)
{
	return file_of(a, sheet == 1 ? list->address : str_printf(a, "%.*spage/%u/", STR_ARG(list->address), sheet));
}

static void add_sheets(Leaves *l, const List *list)
{
	uint32_t each, sheets = list_sheets(l->rules, list, list->n, &each);
	for (uint32_t i = 1; i <= sheets; i++) {
		Leaf *leaf = add(l, LEAF_LIST, list_sheet_path(&l->s->arena, list, i), list->page);
		leaf->layout = list->layout;
		leaf->sheet = i;
		leaf->sheets = sheets;
		leaf->per_sheet = each;
		leaf->briefs = list->briefs;
		leaf->briefs_n = list->n;
	}
}

enum { FEED_LENGTH = 50 };

bool brief_is_public(const Site *s, const Document *d)
{
	return !d->record.draft && !(d->record.date.known && d->record.date.seconds > s->now.seconds);
}

static void add_feed(Leaves *l, LeafKind kind, Str address, const Page *of, const Brief **briefs, uint32_t n)
{
	Str name = layouts[kind];
	Leaf *leaf = add(l, kind, file_of(&l->s->arena, str_join(&l->s->arena, address, name)), of);
	leaf->briefs = briefs;
	leaf->briefs_n = n < FEED_LENGTH ? n : FEED_LENGTH;
	if (!l->s->drafts)
		return;
	leaf->briefs = NULL;
	leaf->briefs_n = 0;
	for (uint32_t i = 0; i < n && leaf->briefs_n < FEED_LENGTH; i++)
		if (brief_is_public(l->s, briefs[i]->page.document))
			brief_add(&l->s->arena, &leaf->briefs, &leaf->briefs_n, briefs[i]);
}

static void add_feeds(Leaves *l, const List *list)
{
	if (list->feed)
		add_feed(l, LEAF_FEED, list->address, list->page, list->briefs, list->n);
	if (list->json_feed)
		add_feed(l, LEAF_JSON_FEED, list->address, list->page, list->briefs, list->n);
}

static void add_list(Leaves *l, List list)
{
	add_sheets(l, &list);
	add_feeds(l, &list);
}

/* Old addresses lead on, of a brief, a page or a term; a term's other names, without a slash, are none. */
static void add_aliases(Leaves *l, const Document *d, const Page *page)
{
	Site *s = l->s;
	for (size_t i = 0; i < d->record.aliases.n && s->settings->output[OUT_REDIRECTS]; i++) {
		Str old = d->record.aliases.at[i].text;
		if (old.n && *old.p == '/')
			add(l, LEAF_REDIRECT, file_of(&s->arena, old), page)->target = page->url;
	}
}

static void add_brief(Leaves *l, const Brief *b)
{
	Site *s = l->s;
	const Document *d = b->page.document;
	const Collection *c = &s->settings->collections[d->owner];
	Leaf *leaf = add(l, LEAF_PAGE, file_of(&s->arena, d->address), &b->page);
	leaf->layout = d->record.layout.n ? d->record.layout : c->layout;
	if (s->settings->output[OUT_SOURCES] && str_ends(d->address, S("/")) && !d->not_utf8 && !b->names_hidden)
		add(l, LEAF_SOURCE, str_join(&s->arena, str_from(d->address, 1), S("index.md")), &b->page)->layout = (Str){0};
	add_aliases(l, d, &b->page);
}

/* ---- versions ---- */

static Str version_address(Leaves *l, Str address, const Version *v, const char *below)
{
	return str_printf(&l->s->arena, "%.*sv%u/%s", STR_ARG(address), v->number, below);
}

static void add_version_leaf(Leaves *l, LeafKind kind, Str address, const Brief *b, uint32_t version)
{
	Leaf *leaf = add(l, kind, file_of(&l->s->arena, address), &b->page);
	leaf->history = b->history;
	leaf->version = version;
}

/* An attachment is stored under the version in which that content first stood. */
static void add_version_files(Leaves *l, const Brief *b, uint32_t i)
{
	const Version *v = &b->history->versions[i];
	for (uint32_t k = 0; k < v->files_n; k++) {
		if (version_of_file(b->history, i, &v->files[k]) != i)
			continue;
		Str name = str_from(v->files[k].path, str_rfind_char(v->files[k].path, '/') + 1);
		Str at = str_join(&l->s->arena, version_address(l, b->page.document->address, v, ""), name);
		Leaf *leaf = add(l, LEAF_BLOB, str_from(at, 1), &b->page);
		leaf->layout = (Str){0};
		leaf->blob = v->files[k].blob;
	}
}

/* A version whose text is withheld keeps its number and its address, unless nothing shall be said of it. */
static void add_withheld(Leaves *l, const Brief *b, uint32_t i)
{
	Site *s = l->s;
	const Version *v = &b->history->versions[i];
	if (v->suppressed->silent || !s->settings->output[OUT_VERSIONS] || !s->settings->output[OUT_TOMBSTONES])
		return;
	Str address = version_address(l, b->page.document->address, v, "");
	Leaf *leaf = add(l, LEAF_TOMBSTONE, file_of(&s->arena, address), made(s, address, b->page.title));
	leaf->history = b->history;
	leaf->version = i;
}

static void add_history(Leaves *l, const Brief *b)
{
	const bool *out = l->s->settings->output;
	const BriefHistory *h = b->history;
	Str address = b->page.document->address;
	if (!h || !str_ends(address, S("/")) || !l->s->settings->collections[b->page.document->owner].versions)
		return;
	for (uint32_t i = 0; i < h->versions_n; i++) {
		const Version *v = &h->versions[i];
		if (v->suppressed) {
			add_withheld(l, b, i);
			continue;
		}
		if (out[OUT_VERSIONS]) {
			add_version_leaf(l, LEAF_VERSION, version_address(l, address, v, ""), b, i);
			add_version_files(l, b, i);
			if (out[OUT_SOURCES]) {
				Leaf *leaf = add(l, LEAF_BLOB, str_from(version_address(l, address, v, "index.md"), 1), &b->page);
				leaf->layout = (Str){0};
				leaf->blob = v->blob;
				leaf->history = h;
				leaf->version = i;
			}
		}
		if (out[OUT_CHANGES] && i && !h->versions[i - 1].suppressed)
			add_version_leaf(l, LEAF_REDLINE, version_address(l, address, v, "changes/"), b, i);
		if (out[OUT_SINCE] && i + 1 < h->versions_n && !h->versions[h->versions_n - 1].suppressed)
			add_version_leaf(l, LEAF_SINCE, version_address(l, address, v, "since/"), b, i);
	}
	if (out[OUT_HISTORY])
		add_version_leaf(l, LEAF_HISTORY, str_join(&l->s->arena, address, S("history/")), b, 0);
	if (out[OUT_TIMEMAPS])
		add_version_leaf(l, LEAF_TIMEMAP, str_join(&l->s->arena, address, S("timemap.link")), b, 0);
	if (out[OUT_FEEDS] && out[OUT_HISTORY])
		add_version_leaf(l, LEAF_BRIEF_FEED, str_join(&l->s->arena, address, S("feed.xml")), b, 0);
}

/* Every address that a published version ever had leads to the same page today. */
static void add_former_addresses(Leaves *l, const Brief *b)
{
	Site *s = l->s;
	const BriefHistory *h = b->history;
	if (!h || !s->settings->output[OUT_REDIRECTS])
		return;
	for (uint32_t i = 0; i < h->formers_n; i++) {
		Str old = h->formers[i].address;
		add(l, LEAF_REDIRECT, file_of(&s->arena, old), &b->page)->target = b->page.url;
		for (uint32_t v = 0; v < h->formers[i].versions && v < h->versions_n && s->settings->output[OUT_VERSIONS]; v++) {
			if ((h->versions[v].suppressed && (h->versions[v].suppressed->silent || !s->settings->output[OUT_TOMBSTONES])) || !str_ends(old, S("/")))
				continue;
			Str from = version_address(l, old, &h->versions[v], "");
			add(l, LEAF_REDIRECT, file_of(&s->arena, from), &b->page)->target =
				link_url(s, version_address(l, b->page.document->address, &h->versions[v], ""), &s->arena);
		}
	}
}

/* Whatever led to a brief that is gone leads to the page that says so: its former addresses and its versions. */
static void add_ways_to_tombstone(Leaves *l, const BriefHistory *h, const Page *tombstone)
{
	Site *s = l->s;
	for (uint32_t i = 0; i < h->formers_n; i++) {
		Str old = h->formers[i].address;
		add(l, LEAF_REDIRECT, file_of(&s->arena, old), tombstone)->target = tombstone->url;
		for (uint32_t v = 0; s->settings->output[OUT_VERSIONS] && str_ends(old, S("/")) && v < h->formers[i].versions && v < h->versions_n; v++)
			add(l, LEAF_REDIRECT, file_of(&s->arena, version_address(l, old, &h->versions[v], "")), tombstone)->target = tombstone->url;
	}
	for (uint32_t v = 0; s->settings->output[OUT_VERSIONS] && v < h->versions_n; v++)
		add(l, LEAF_REDIRECT, file_of(&s->arena, version_address(l, h->address, &h->versions[v], "")), tombstone)->target = tombstone->url;
}

/* What was published and is gone keeps its address: a page says what stood there. */
static void add_tombstones(Leaves *l)
{
	Site *s = l->s;
	for (size_t i = 0; s->history && s->settings->output[OUT_TOMBSTONES] && i < s->history->briefs_n; i++) {
		const BriefHistory *h = &s->history->briefs[i];
		const Suppression *why = h->suppressed ? h->suppressed : h->versions_n ? h->versions[h->versions_n - 1].suppressed : NULL;
		if ((h->state != BRIEF_REMOVED && !why) || !h->versions_n || h->displaced || (why && why->silent) || !h->address.n)
			continue;
		Page *p = (Page *)made(s, h->address, h->versions[h->versions_n - 1].title);
		Leaf *leaf = add(l, LEAF_TOMBSTONE, file_of(&s->arena, h->address), p);
		leaf->history = h;
		leaf->version = h->versions_n - 1;
		if (s->settings->output[OUT_REDIRECTS] && (h->state == BRIEF_REMOVED || h->suppressed))
			add_ways_to_tombstone(l, h, p);
	}
}

/* Without a history too, as yet empty: menus lead there. */
static void add_changes(Leaves *l)
{
	Site *s = l->s;
	bool versions = false;
	for (size_t i = 0; i < s->settings->collections_n; i++)
		versions |= s->settings->collections[i].versions;
	if (!versions || !s->settings->output[OUT_HISTORY])
		return;
	const Page *p = made(s, S("/changes/"), (Str){0});
	add(l, LEAF_CHANGES, S("changes/index.html"), p);
	if (s->settings->output[OUT_FEEDS])
		add(l, LEAF_CHANGES_FEED, S("changes/feed.xml"), p);
}

List list_of_shelf(const Site *s, const Shelf *shelf)
{
	return (List){.page = &shelf->page, .address = shelf->settings->address, .layout = layouts[LEAF_LIST], .briefs = shelf->briefs,
	              .n = shelf->briefs_n, .feed = shelf->settings->feed && s->settings->output[OUT_FEEDS]};
}

static void add_collections(Leaves *l)
{
	Site *s = l->s;
	for (size_t c = 0; c < s->shelves_n; c++)
		add_list(l, list_of_shelf(s, &s->shelves[c]));
}

List list_of_term(const Site *s, const Term *t)
{
	const Taxonomy *set = t->vocabulary->settings;
	return (List){.page = &t->page, .address = address_of(s, t->page.url), .layout = set->layout, .briefs = t->briefs, .n = t->briefs_n,
	              .feed = set->feed && s->settings->output[OUT_FEEDS]};
}

static void add_vocabularies(Leaves *l)
{
	Site *s = l->s;
	for (size_t i = 0; i < s->vocabularies_n; i++) {
		Vocabulary *v = &s->vocabularies[i];
		add(l, LEAF_PAGE, file_of(&s->arena, v->settings->address), &v->page)->layout = S("terms");
		for (uint32_t k = 0; k < v->terms_n; k++) {
			const Term *t = v->terms[k];
			add_list(l, list_of_term(s, t));
			if (t->page.document)
				add_aliases(l, t->page.document, &t->page);
		}
	}
}

static bool has_home(const Site *s)
{
	const Target *t = table_get(&s->by_path, S("content/index.md"));
	return t && t->state == TARGET_PUBLIC;
}

List list_of_home(const Site *s)
{
	const Document *d = s->home->document;
	return (List){.page = s->home, .address = S("/"), .layout = d && d->record.layout.n ? d->record.layout : S("home"),
	              .briefs = (const Brief **)s->briefs, .n = (uint32_t)s->briefs_n,
	              .feed = s->settings->output[OUT_FEEDS], .json_feed = s->settings->output[OUT_JSON_FEED]};
}

static void add_pages(Leaves *l)
{
	Site *s = l->s;
	for (size_t i = 0; i < s->documents_n; i++) {
		const Document *d = s->documents[i];
		const Target *t = table_get(&s->by_path, d->path);
		if (d->kind != DOCUMENT_PAGE || t->state != TARGET_PUBLIC)
			continue;
		Page *p = NEW(&s->arena, Page);
		bool home = str_eq(d->address, S("/"));
		*p = (Page){.site = s, .kind = home ? PAGE_HOME : PAGE_PLAIN, .title = d->record.title, .document = d,
		            .url = link_url(s, d->address, &s->arena), .lang = d->record.lang.n ? d->record.lang : s->settings->language};
		if (home)
			s->home = p;
		else
			add(l, LEAF_PAGE, file_of(&s->arena, d->address), p)->layout = d->record.layout.n ? d->record.layout : layouts[LEAF_PAGE];
		add_aliases(l, d, p);
	}
	if (!has_home(s)) {
		Page *p = (Page *)made(s, S("/"), s->settings->title);
		p->kind = PAGE_HOME;
		s->home = p;
	}
	add_list(l, list_of_home(s));
}

static Str language_address(Arena *a, Str code) { return str_printf(a, "/%.*s/", STR_ARG(code)); }

/* Its briefs are known to its leaves alone. */
List list_of_language(const Site *s, Str code)
{
	Arena a = {0};
	const Leaf *leaf = str_eq(code, s->settings->language) ? NULL : graph_page(s, language_address(&a, code));
	List list = {0};
	if (leaf && leaf->kind == LEAF_LIST && leaf->page->kind == PAGE_HOME)
		list = (List){.page = leaf->page, .address = address_of(s, leaf->page->url), .layout = leaf->layout, .briefs = leaf->briefs,
		              .n = leaf->briefs_n, .feed = s->settings->output[OUT_FEEDS]};
	arena_release(&a);
	return list;
}

/* /ko/: the home of each further language, with the briefs in it. */
static void add_language_homes(Leaves *l)
{
	Site *s = l->s;
	for (size_t i = 0; i < s->settings->languages_n; i++) {
		Str code = s->settings->languages[i].code;
		const Brief **briefs = NULL;
		uint32_t n = 0;
		if (str_eq(code, s->settings->language))
			continue;
		for (size_t k = 0; k < s->briefs_n; k++)
			if (str_eq(s->briefs[k]->page.lang, code))
				brief_add(&s->arena, &briefs, &n, s->briefs[k]);
		Str address = language_address(&s->arena, code);
		Page *p = (Page *)made(s, address, s->settings->title);
		p->kind = PAGE_HOME;
		p->lang = code;
		add_list(l, (List){.page = p, .address = address, .layout = layouts[LEAF_LIST], .briefs = briefs, .n = n, .feed = s->settings->output[OUT_FEEDS]});
	}
}

/* sitemaps.org: at most 50,000 addresses a file; more are in numbered files that sitemap.xml lists. */
static void add_sitemaps(Leaves *l)
{
	Site *s = l->s;
	uint32_t pages = 0;
	for (size_t i = 0; i < l->n; i++)
		pages += leaf_in_sitemap(l->list[i]);
	s->in_sitemap = pages;
	uint32_t sheets = (pages + SITEMAP_LENGTH - 1) / SITEMAP_LENGTH;
	Leaf *first = add(l, LEAF_SITEMAP, S("sitemap.xml"), made(s, S("/sitemap.xml"), (Str){0}));
	if (sheets <= 1)
		return;
	first->layout = S("sitemap-index.xml");
	first->sheets = sheets;
	for (uint32_t i = 1; i <= sheets; i++) {
		Str path = str_printf(&s->arena, "sitemap-%u.xml", i);
		Leaf *leaf = add(l, LEAF_SITEMAP, path, made(s, str_join(&s->arena, S("/"), path), (Str){0}));
		leaf->sheet = i;
		leaf->sheets = sheets;
	}
}

static void add_fixed(Leaves *l)
{
	Site *s = l->s;
	add(l, LEAF_NOT_FOUND, S("404.html"), made(s, S("/404.html"), (Str){0}));
	if (s->settings->output[OUT_SITEMAP])
		add_sitemaps(l);
	if (s->settings->output[OUT_REDIRECTS])
		add(l, LEAF_RULES, S("_redirects"), made(s, S("/_redirects"), (Str){0}));
	if (s->settings->output[OUT_ROBOTS])
		add(l, LEAF_ROBOTS, S("robots.txt"), made(s, S("/robots.txt"), (Str){0}));
}

static void add_loose_file(Leaves *l, const Document *d, Str target, Table *seen)
{
	Site *s = l->s;
	bool is_file;
	if (str_ends(link_parts(target).path, S(".md")) || link_target(s, d, target, &is_file)) /* the first is most of them */
		return;
	Str path = link_loose_file(s, d, target, &s->arena);
	if (!path.n || table_get(&s->by_path, path) || table_put(seen, path, (void *)1))
		return;
	Attachment *a = NEW(&s->arena, Attachment);
	*a = (Attachment){.path = path, .address = str_join(&s->arena, S("/"), path)};
	add(l, LEAF_FILE, path, NULL)->file = a;
}

/* Files outside content/ that public texts link to or show, each once. */
static void add_loose_files(Leaves *l)
{
	Site *s = l->s;
	Table seen = {0};
	for (size_t i = 0; i < s->documents_n; i++) {
		const Document *d = s->documents[i];
		const Target *t = table_get(&s->by_path, d->path);
		for (size_t k = 0; t->state == TARGET_PUBLIC && k < d->links_n; k++)
			add_loose_file(l, d, d->links[k].target, &seen);
		if (t->state == TARGET_PUBLIC)
			add_loose_file(l, d, link_picture(s, d, d->record.image.path, &s->arena), &seen);
	}
	table_release(&seen);
}

static void add_files(Leaves *l)
{
	const Str *names, *paths;
	size_t n = l->rules->assets(l->rules->user, &names, &paths);
	for (size_t i = 0; i < n; i++)
		add(l, LEAF_ASSET, paths[i], NULL)->asset = names[i];
	for (size_t i = 0; i < l->s->attachments_n; i++) {
		const Attachment *a = &l->s->attachments[i];
		if (!attachment_public(l->s, a))
			continue;
		add(l, LEAF_FILE, str_from(a->address, 1), NULL)->file = a;
	}
}

static int by_leaf_path(const void *a, const void *b)
{
	return str_cmp((*(const Leaf *const *)a)->path, (*(const Leaf *const *)b)->path);
}

/* Who made a leaf, for the message about two of them. */
static Str source_of(const Leaf *leaf)
{
	if (leaf->file)
		return leaf->file->path;
	if (leaf->asset.n)
		return leaf->asset;
	if (leaf->page && leaf->page->document)
		return leaf->page->document->path;
	return leaf->layout;
}

/* What stands below a page's address: where two of these meet, their pages meet as well. */
static bool is_beside(LeafKind k)
{
	return k == LEAF_SOURCE || k == LEAF_FEED || k == LEAF_BLOB || (k >= LEAF_VERSION && k <= LEAF_BRIEF_FEED);
}

static void clash(Site *s, const Leaf *a, const Leaf *b)
{
	if (b->kind == LEAF_SOURCE || b->kind == LEAF_FEED || (is_beside(a->kind) && is_beside(b->kind))) /* its page says it */
		return;
	bool first = str_cmp(source_of(a), source_of(b)) <= 0;
	Str x = source_of(first ? a : b), y = source_of(first ? b : a);
	check_add(&s->settings->checks, CHECK_ADDRESS_CLASH, false, &s->diags,
	          (Diag){.file = y, .message = str_printf(&s->arena, "the address /%.*s is also that of %.*s; nothing was published",
	                                                  STR_ARG(b->path), STR_ARG(x)),
	                 .hint = S("give one of them another slug, permalink or file name")});
}

/* A file stands where another leaf needs a folder: /feed.xml and /feed.xml/index.html. */
static void folder_clash(Site *s, const Leaf *file, const Leaf *below)
{
	if (below->kind == LEAF_SOURCE || below->kind == LEAF_FEED) /* its page says it */
		return;
	check_add(&s->settings->checks, CHECK_ADDRESS_CLASH, false, &s->diags,
	          (Diag){.file = source_of(below), .message = str_printf(&s->arena, "the address /%.*s needs a folder where /%.*s (of %.*s) is a file; nothing was published",
	                                                                STR_ARG(below->path), STR_ARG(file->path), STR_ARG(source_of(file))),
	                 .hint = S("give one of them another slug, permalink or file name")});
}

static bool is_plain(Str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] >= 'A' && s.p[i] <= 'Z') || (unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

static bool gives_way(LeafKind k) { return k == LEAF_REDIRECT || k == LEAF_TOMBSTONE; }

static size_t common_prefix(Str a, Str b)
{
	size_t n = 0;
	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n;
}

/* Leaves come sorted, so the folders that one shares with the one before have been looked at. */
static void check_folders(Site *s)
{
	Arena a = {0};
	Str before = {0};
	for (size_t i = 0; i < s->leaves_n; i++) {
		Str path = s->leaves[i]->path, key = is_plain(path) ? path : icu_fold(&a, path);
		size_t clean = key.n;
		for (size_t k = common_prefix(before, key); k < key.n; k++) {
			const Leaf *there = k && key.p[k] == '/' ? table_get(&s->by_leaf, str_upto(key, k)) : NULL;
			if (!there)
				continue;
			folder_clash(s, there, s->leaves[i]);
			clean = k < clean ? k : clean;
		}
		before = str_upto(path, key.p == path.p ? clean : 0); /* a folder that is a file is told each time */
		arena_reset(&a);
	}
	arena_release(&a);
}

/* Redirects give way to what really stands at an address. */
static void index_leaves(Leaves *l)
{
	Site *s = l->s;
	qsort(l->list, l->n, sizeof *l->list, by_leaf_path);
	s->by_leaf.arena = s->given_way.arena = &s->arena;
	table_reserve(&s->by_leaf, l->n);
	size_t kept = 0;
	for (size_t i = 0; i < l->n; i++) {
		Leaf *leaf = l->list[i];
		Str key = is_plain(leaf->path) ? leaf->path : icu_fold(&s->arena, leaf->path);
		Leaf *other = table_get(&s->by_leaf, key);
		if (other) {
			if (gives_way(leaf->kind) || gives_way(other->kind))
				table_put(&s->given_way, key, leaf);
			if (gives_way(leaf->kind))
				continue;
			if (gives_way(other->kind)) {
				*other = *leaf;
				continue;
			}
			clash(s, other, leaf);
			continue;
		}
		l->list[kept++] = leaf;
		table_put(&s->by_leaf, key, leaf);
	}
	s->leaves = NEW_N(&s->arena, Leaf *, list_room(kept));
	memcpy(s->leaves, l->list, kept * sizeof *s->leaves);
	s->leaves_n = kept;
	free(l->list);
	check_folders(s);
}

const Leaf *graph_leaf(const Site *s, Str path)
{
	Arena a = {0};
	const Leaf *leaf = table_get(&s->by_leaf, is_plain(path) ? path : icu_fold(&a, path));
	arena_release(&a);
	return leaf && str_eq(leaf->path, path) ? leaf : NULL;
}

const Leaf *graph_page(const Site *s, Str address)
{
	Arena a = {0};
	const Leaf *leaf = graph_leaf(s, file_of(&a, address));
	arena_release(&a);
	return leaf;
}

void graph_leaves(Site *s, const GraphRules *rules)
{
	Leaves l = {.s = s, .rules = rules};
	add_pages(&l);
	for (size_t i = 0; i < s->briefs_n; i++) {
		add_brief(&l, s->briefs[i]);
		add_history(&l, s->briefs[i]);
		add_former_addresses(&l, s->briefs[i]);
	}
	add_tombstones(&l);
	add_changes(&l);
	add_language_homes(&l);
	add_collections(&l);
	add_vocabularies(&l);
	add_fixed(&l);
	add_files(&l);
	add_loose_files(&l);
	index_leaves(&l);
}

/* ---- in a generation that is there ---- */

/* Where a path stands, or would. */
static size_t place_of(const Site *s, Str path)
{
	size_t from = 0, to = s->leaves_n;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (str_cmp(s->leaves[middle]->path, path) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

bool leaf_may_come(const Site *s, Str path)
{
	Arena a = {0};
	Str key = is_plain(path) ? path : icu_fold(&a, path), below = str_join(&a, path, S("/"));
	size_t at = place_of(s, below);
	bool may = !table_get(&s->by_leaf, key) && !(at < s->leaves_n && str_starts(s->leaves[at]->path, below));
	for (size_t k = 1; may && k < key.n; k++)
		may = key.p[k] != '/' || !table_get(&s->by_leaf, str_upto(key, k));
	arena_release(&a);
	return may;
}

bool leaf_may_go(const Site *s, Str path)
{
	Arena a = {0};
	bool may = !table_get(&s->given_way, is_plain(path) ? path : icu_fold(&a, path));
	arena_release(&a);
	return may;
}

static void insert(Site *s, Leaf *leaf)
{
	size_t at = place_of(s, leaf->path);
	if (s->leaves_n == list_room(s->leaves_n))
		s->leaves = arena_grow(&s->arena, s->leaves, s->leaves_n, s->leaves_n * 2, sizeof *s->leaves);
	memmove(&s->leaves[at + 1], &s->leaves[at], (s->leaves_n++ - at) * sizeof *s->leaves);
	s->leaves[at] = leaf;
	table_put(&s->by_leaf, is_plain(leaf->path) ? leaf->path : icu_fold(&s->arena, leaf->path), leaf);
	s->in_sitemap += leaf_in_sitemap(leaf);
}

static void drop(Site *s, Str path)
{
	Arena a = {0};
	size_t at = place_of(s, path);
	s->in_sitemap -= leaf_in_sitemap(s->leaves[at]);
	table_remove(&s->by_leaf, is_plain(path) ? path : icu_fold(&a, path));
	memmove(&s->leaves[at], &s->leaves[at + 1], (--s->leaves_n - at) * sizeof *s->leaves);
	arena_release(&a);
}

void list_again(Site *s, const GraphRules *rules, const List *list, bool feeds_alone)
{
	Leaves l = {.s = s, .rules = rules};
	Arena a = {0};
	if (!feeds_alone)
		add_sheets(&l, list);
	uint32_t sheets = (uint32_t)l.n;
	add_feeds(&l, list);
	for (size_t i = 0; i < l.n; i++) {
		Leaf *there = (Leaf *)graph_leaf(s, l.list[i]->path);
		if (there)
			*there = *l.list[i];
		else
			insert(s, l.list[i]);
	}
	for (uint32_t i = sheets + 1; !feeds_alone; i++) { /* the last ones of a list that was longer */
		Str path = list_sheet_path(&a, list, i);
		const Leaf *leaf = graph_leaf(s, path);
		if (!leaf || leaf->page != list->page)
			break;
		drop(s, path);
	}
	free(l.list);
	arena_release(&a);
}

void list_forget(Site *s, const List *list)
{
	Arena a = {0};
	for (uint32_t i = 1; graph_leaf(s, list_sheet_path(&a, list, i)); i++)
		drop(s, list_sheet_path(&a, list, i));
	if (list->feed)
		drop(s, file_of(&a, str_join(&a, list->address, layouts[LEAF_FEED])));
	arena_release(&a);
}
