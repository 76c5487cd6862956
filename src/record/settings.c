/* site.yaml: the table of settings, and how its bytes become Settings by it. */
#include "record/settings.h"

#include "base/table.h"
#include "lib/icu.h"
#include "record/permalink.h"
#include "record/rows.h"

#include <stddef.h>

#define MEMBER(T, member) .at = offsetof(T, member)
#define NAME(text) .name = STR_INIT(text)
#define LISTED(items) "\"anyOf\": [{" items "}, {\"type\": \"array\", \"items\": {" items "}}]"

static const Str date_words[] = {STR_INIT("committer"), STR_INIT("author"), {0}};
static const Str incomplete_words[] = {STR_INIT("error"), STR_INIT("allow"), {0}};
static const Str notice_words[] = {STR_INIT("public"), STR_INIT("none"), {0}};
static const Str swap_words[] = {
	[SWAP_AUTO] = STR_INIT("auto"), [SWAP_EXCHANGE] = STR_INIT("exchange"), [SWAP_JOURNAL] = STR_INIT("journal"), {0}};
static const Str level_words[] = {STR_INIT("notice"), STR_INIT("warning"), STR_INIT("error"), STR_INIT("off"), {0}};

/* url and what follows from it */

bool settings_set_url(Settings *s, Arena *a, Str url)
{
	url = str_trim(url);
	while (str_ends(url, S("/")))
		url.n--;
	size_t scheme = str_starts(url, S("https://")) ? 8 : str_starts(url, S("http://")) ? 7 : 0;
	Str rest = str_from(url, scheme);
	size_t slash = str_find_char(rest, '/');
	Str host = str_upto(rest, slash), path = slash == SIZE_MAX ? (Str){0} : str_from(rest, slash), clean = {0};
	const char *why;
	if (!scheme || !host.n || str_find_char(url, ' ') != SIZE_MAX || str_find_char(host, '@') != SIZE_MAX)
		return false;
	if (path.n && !address_clean(a, str_join(a, path, S("/")), &clean, &why))
		return false;
	s->host = str_lower_ascii(a, host);
	s->origin = str_join(a, str_upto(url, scheme), s->host);
	s->base = clean.n ? str_upto(clean, clean.n - 1) : (Str){0};
	s->url = str_join(a, s->origin, s->base);
	return true;
}

static bool read_site_url(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s;
	if (!node_text(r, row, n, &s) || !s.n)
		return false;
	if (settings_set_url((Settings *)((char *)out - offsetof(Settings, url)), r->arena, s))
		return true;
	row_fault(r, CHECK_FIELD_VALUE, n->place, S("write the site's address: https://example.org, or https://example.org/policy"),
		"\"%.*s\" is not the address of a site; it is left out", STR_ARG(s));
	return false;
}
static const RowType type_site_url = {
	"a web address", "\"type\": \"string\", \"pattern\": \"^https?://\"", read_site_url, .keeps_text = true};

static bool read_zone(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s;
	if (!node_text(r, row, n, &s) || !s.n)
		return false;
	if (icu_is_zone(s)) {
		*(Str *)out = s;
		return true;
	}
	row_fault(r, CHECK_FIELD_VALUE, n->place, S("write its name, as Asia/Seoul, or +09:00"),
		"\"%.*s\" is not a time zone that is known; it is left out", STR_ARG(s));
	return false;
}
static const RowType type_zone = {"a time zone", "\"type\": \"string\"", read_zone, .keeps_text = true};

/* Languages: codes, or {code: name}. */

static bool read_languages(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	size_t kept = 0, count;
	const YamlNode *from = node_items(n, &count);
	bool map = n->kind == YAML_MAP;
	count = map ? n->n : count;
	Language *languages = NEW_N(r->arena, Language, count);
	for (size_t i = 0; i < count; i++) {
		Language *l = &languages[kept];
		*l = (Language){0};
		if (!type_lang.read(r, row, map ? &n->items[2 * i] : &from[i], &l->code) || !l->code.n)
			continue;
		if (map)
			node_text(r, row, &n->items[2 * i + 1], &l->name);
		kept++;
	}
	Settings *s = (Settings *)((char *)out - offsetof(Settings, languages));
	s->languages = languages;
	s->languages_n = kept;
	return true;
}
static const RowType type_languages = {"a list of languages", "\"type\": [\"array\", \"object\"]", read_languages, .keeps_text = true};

/* Institute, brand, menu, banner */

static const Row institute_rows[] = {
	{NAME("name"), NULL, &type_text, MEMBER(Institute, name), .help = "The institute's name, as publisher in citations."},
	{NAME("short_name"), "short", &type_text, MEMBER(Institute, short_name), .help = "Its short name."},
	{NAME("ror"), NULL, &type_ror, MEMBER(Institute, ror), .help = "Its ROR."},
	{NAME("address"), NULL, &type_text, MEMBER(Institute, address), .help = "Its postal address; the place in citations."},
	{NAME("url"), NULL, &type_url, MEMBER(Institute, url), .help = "Its own site."},
	{NAME("author"), NULL, &type_bool, MEMBER(Institute, author), .fallback = "false",
		.help = "Whether a brief that names no author is the institute's."},
};

static bool read_colour(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Str s;
	if (!node_text(r, row, n, &s) || !s.n)
		return false;
	bool ok = *s.p == '#' && (s.n == 4 || s.n == 7);
	for (size_t i = 1; i < s.n && ok; i++)
		ok = ascii_hex(s.p[i]) >= 0;
	if (ok)
		*(Str *)out = s;
	else
		row_fault(r, CHECK_FIELD_VALUE, n->place, S("write it in quotes, as \"#1a5276\""),
			"\"%.*s\" is not a colour; it is left out", STR_ARG(s));
	return ok;
}
static const RowType type_colour = {
	"a colour", "\"type\": \"string\", \"pattern\": \"^#([0-9A-Fa-f]{3}){1,2}$\"", read_colour, .keeps_text = true};

static const Row brand_rows[] = {
	{NAME("logo"), NULL, &type_path, MEMBER(Brand, logo), .help = "The logo's path."},
	{NAME("logo_alt"), NULL, &type_text, MEMBER(Brand, logo_alt), .help = "What the logo says, for those who cannot see it."},
	{NAME("favicon"), NULL, &type_path, MEMBER(Brand, favicon), .help = "The icon of browser tabs."},
	{NAME("accent"), "color colour", &type_colour, MEMBER(Brand, accent), .help = "The colour of links and rules, as \"#1a5276\"."},
	{NAME("fonts"), "font type", &type_text, MEMBER(Brand, fonts), .help = "The fonts, as CSS writes them."},
};

static const Row menu_rows[] = {
	{NAME("title"), "name label", &type_text, MEMBER(MenuItem, title), .help = "What the item says."},
	{NAME("url"), "href address", &type_text, MEMBER(MenuItem, url), .help = "Where it leads."},
	{NAME("lang"), "language", &type_lang, MEMBER(MenuItem, lang), .help = "The language in which it is shown; none: in every one."},
};

typedef struct Menu {
	MenuItem *at;
	size_t n, cap;
} Menu;

static void add_menu(Reading *r, Menu *m, MenuItem item)
{
	if (!item.title.n || !item.url.n) {
		row_fault(r, CHECK_FIELD_VALUE, item.place, S("write title and url, or the title, a colon and the address"),
			"a menu item without a title or an address; it is left out");
		return;
	}
	ARENA_ROOM(r->arena, m->at, m->n, m->cap);
	m->at[m->n++] = item;
}

/* {title: x, url: y}, or {x: y, ...}. */
static void read_menu_map(Reading *r, const Row *row, const YamlNode *n, Menu *menu)
{
	MenuItem item = {.place = n->place};
	if (yaml_get(n, S("url")) || yaml_get(n, S("title"))) {
		rows_read(r, menu_rows, ROWS_N(menu_rows), n, &item, "menu.");
		add_menu(r, menu, item);
		return;
	}
	for (uint32_t i = 0; i < n->n; i++) {
		item = (MenuItem){.title = n->items[2 * i].text, .place = n->items[2 * i].place};
		if (node_text(r, row, &n->items[2 * i + 1], &item.url))
			add_menu(r, menu, item);
	}
}

static bool read_menu(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Menu menu = {0};
	size_t count;
	const YamlNode *from = node_items(n, &count);
	for (size_t i = 0; i < count; i++)
		if (from[i].kind == YAML_MAP)
			read_menu_map(r, row, &from[i], &menu);
		else
			add_menu(r, &menu, (MenuItem){.place = from[i].place});
	Settings *s = (Settings *)((char *)out - offsetof(Settings, menu));
	s->menu = menu.at;
	s->menu_n = menu.n;
	return true;
}
static const RowType type_menu = {"a list of titles and addresses", "\"type\": [\"array\", \"object\"]", read_menu, .keeps_text = true};

static const Row banner_rows[] = {
	{NAME("text"), NULL, &type_text, MEMBER(Banner, text), .help = "What it says."},
	{NAME("url"), NULL, &type_text, MEMBER(Banner, url), .help = "Where it leads."},
	{NAME("from"), NULL, &type_date, MEMBER(Banner, from), .help = "The first day it is shown."},
	{NAME("until"), "to", &type_date, MEMBER(Banner, until), .help = "The last day it is shown."},
};

static bool read_banners(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	size_t count, kept = 0;
	const YamlNode *from = node_items(n, &count);
	Banner *banners = NEW_N(r->arena, Banner, count);
	for (size_t i = 0; i < count; i++) {
		Banner b = {0};
		if (from[i].kind == YAML_MAP)
			rows_read(r, banner_rows, ROWS_N(banner_rows), &from[i], &b, "banner.");
		else
			node_text(r, row, &from[i], &b.text);
		if (b.text.n)
			banners[kept++] = b;
	}
	Settings *s = (Settings *)((char *)out - offsetof(Settings, banners));
	s->banners = banners;
	s->banners_n = kept;
	return true;
}
static const RowType type_banners = {
	"a text, or text with from and until", LISTED("\"type\": [\"string\", \"object\"]"), read_banners, .keeps_text = true};

/* History, suppressions, checks, outputs */

static const Row history_rows[] = {
	{NAME("date"), NULL, &type_flag, MEMBER(HistorySettings, author_dates), .words = date_words, .fallback = "committer",
		.help = "Which of a commit's dates is a version's."},
	{NAME("notes"), NULL, &type_bool, MEMBER(HistorySettings, notes), .fallback = "true",
		.help = "Whether Change-Note: lines in commit messages count."},
	{NAME("subjects"), NULL, &type_bool, MEMBER(HistorySettings, subjects), .fallback = "false",
		.help = "Whether the first lines of commit messages are shown."},
	{NAME("contributors"), NULL, &type_bool, MEMBER(HistorySettings, contributors), .fallback = "false",
		.help = "Whether those who committed are named; their e-mail addresses never are."},
	{NAME("incomplete"), NULL, &type_flag, MEMBER(HistorySettings, allow_incomplete), .words = incomplete_words, .fallback = "error",
		.help = "What to do when the history is not whole."},
	{NAME("bulk"), NULL, &type_int, MEMBER(HistorySettings, bulk), .fallback = "25",
		.help = "A commit that touches more briefs than this is minor."},
};

static bool read_numbers(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	size_t count, kept = 0;
	const YamlNode *from = node_items(n, &count);
	int64_t *numbers = NEW_N(r->arena, int64_t, count);
	Suppression *x = (Suppression *)((char *)out - offsetof(Suppression, versions));
	for (size_t i = 0; i < count; i++) {
		YamlNode bare = from[i];
		if (bare.kind == YAML_TEXT && str_starts(bare.text, S("v")))
			bare.text = str_from(bare.text, 1);
		kept += type_int.read(r, row, &bare, &numbers[kept]);
	}
	x->versions = numbers;
	x->versions_n = kept;
	return kept == count;
}
static const RowType type_numbers = {"a number or a list of numbers", LISTED("\"type\": \"integer\""), read_numbers, .keeps_text = false};

static const Row suppress_rows[] = {
	{NAME("brief"), NULL, &type_text, MEMBER(Suppression, brief), .help = "The brief: its path or slug."},
	{NAME("versions"), "version", &type_numbers, MEMBER(Suppression, versions), .fallback = "all of them",
		.help = "The versions that are withheld."},
	{NAME("reason"), NULL, &type_text, MEMBER(Suppression, reason), .help = "Why, for the notice."},
	{NAME("notice"), NULL, &type_flag, MEMBER(Suppression, silent), .words = notice_words, .fallback = "public",
		.help = "Whether a page says that a text was withheld."},
};

/* A suppression that is not understood must not publish what it was to withhold: whatever is wrong stops the build. */
static bool read_suppress(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	size_t count, kept = 0;
	const YamlNode *from = node_items(n, &count);
	Suppression *list = NEW_N(r->arena, Suppression, count);
	for (size_t i = 0; i < count; i++) {
		Suppression *x = &list[kept];
		*x = (Suppression){.place = from[i].place};
		if (from[i].kind == YAML_MAP)
			rows_read(r, suppress_rows, ROWS_N(suppress_rows), &from[i], x, "suppress.");
		else
			node_text(r, row, &from[i], &x->brief);
		if (x->brief.n)
			kept++;
		else
			row_fault(r, CHECK_FIELD_VALUE, from[i].place, S("write brief: and its path or slug"),
				"a suppression that names no brief");
	}
	Settings *s = (Settings *)((char *)out - offsetof(Settings, suppress));
	s->suppress = list;
	s->suppress_n = kept;
	return true;
}
static const RowType type_suppress = {
	"a list of briefs with reasons", LISTED("\"type\": [\"string\", \"object\"]"), read_suppress, .keeps_text = false};

static bool read_checks(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	CheckLevels *levels = out;
	Str names[CHECK_N];
	(void)row;
	if (n->kind != YAML_MAP) {
		row_fault(r, CHECK_FIELD_VALUE, n->place, S("write name and level: link-broken: warning"),
			"\"checks\" takes names of checks with levels");
		return false;
	}
	for (int c = 0; c < CHECK_N; c++)
		names[c] = str_of(check_rows[c].name);
	for (uint32_t i = 0; i < n->n; i++) {
		const YamlNode *key = &n->items[2 * i], *value = key + 1;
		const Row level = {.name = key->text, .type = &type_word, .words = level_words};
		int check = check_find(key->text), word = -1;
		bool off = true;
		if (check < 0) {
			row_fault(r, CHECK_FIELD_VALUE, key->place, word_hint(r, key->text, names, CHECK_N), "there is no check \"%.*s\"",
				STR_ARG(key->text));
			continue;
		}
		if (yaml_bool(value, &off) && !off)
			word = 3;
		else if (!type_word.read(r, &level, value, &word) || word < 0)
			continue;
		levels->level[check] = word == 3 ? CHECK_OFF : (int16_t)word;
	}
	return true;
}
static const RowType type_checks = {"names of checks with levels",
	"\"type\": \"object\", \"additionalProperties\": {\"enum\": [\"notice\", \"warning\", \"error\", \"off\", false]}", read_checks,
	.keeps_text = true};

typedef struct Outputs {
	bool on[OUT_N];
	int swap;
} Outputs;

#define SWITCH(id, text, on_by_default, what) \
	[OUT_##id] = {NAME(text), NULL, &type_bool, .at = offsetof(Outputs, on) + sizeof(bool) * OUT_##id, .fallback = on_by_default, \
		.help = what}
static const Row output_rows[OUT_N + 1] = {
	SWITCH(CHANGES, "changes", "true", "Pages that show what changed from the version before, and the list of all changes."),
	SWITCH(CITE, "cite", "true", "Files for reference managers: cite.bib, cite.ris, cite.json; this release makes none yet."),
	SWITCH(CITE_VERSIONS, "cite_versions", "false", "The same files for each version."),
	SWITCH(FEEDS, "feeds", "true", "Atom feeds of the archive, of terms and of each brief's changes."),
	SWITCH(HISTORY, "history", "true", "A page of all versions for each brief."),
	SWITCH(JSON_FEED, "json_feed", "true", "The archive's feed as JSON."),
	SWITCH(REDIRECTS, "redirects", "true", "Pages at old addresses that lead on."),
	SWITCH(ROBOTS, "robots", "true", "robots.txt."),
	SWITCH(SEARCH, "search", "true", "The search page and its index; this release makes none yet."),
	SWITCH(SINCE, "since", "false", "Pages that show what changed from each version to the current text."),
	SWITCH(SITEMAP, "sitemap", "true", "sitemap.xml."),
	SWITCH(SOURCES, "sources", "true", "The text of each brief as index.md beside its page."),
	SWITCH(TIMEMAPS, "timemaps", "true", "A machine-readable list of versions for each brief (RFC 7089)."),
	SWITCH(TOMBSTONES, "tombstones", "true", "Pages that say what was removed."),
	SWITCH(VERSIONS, "versions", "true", "A page for each version of each brief."),
	[OUT_N] = {NAME("swap"), NULL, &type_word, MEMBER(Outputs, swap), .words = swap_words, .fallback = "auto",
		.help = "How the new site takes the old one's place."},
};

static bool read_outputs(Reading *r, const Row *row, const YamlNode *n, void *out)
{
	Settings *s = (Settings *)((char *)out - offsetof(Settings, output));
	Outputs o = {.swap = (int)s->swap};
	memcpy(o.on, s->output, sizeof o.on);
	if (!type_group.read(r, row, n, &o))
		return false;
	memcpy(s->output, o.on, sizeof o.on);
	s->swap = (Swap)o.swap;
	return true;
}
static const RowType type_outputs = {"a group of switches", NULL, read_outputs, .keeps_text = false};

/* The table: to add a setting, a member in Settings and a row here. */

#define GROUP(rows) .sub = rows, .sub_n = ROWS_N(rows)
const Row settings_rows[] = {
	{NAME("title"), NULL, &type_text, MEMBER(Settings, title), .fallback = "Policy briefs", .help = "The site's name."},
	{NAME("description"), NULL, &type_text, MEMBER(Settings, description),
		.help = "One sentence about the site, for feeds and search engines."},
	{NAME("url"), NULL, &type_site_url, MEMBER(Settings, url),
		.help = "The site's address; a path in it is where the site stands on its host."},
	{NAME("language"), "lang", &type_lang, MEMBER(Settings, language), .fallback = "en",
		.help = "The language of the site and of texts that name none."},
	{NAME("languages"), NULL, &type_languages, MEMBER(Settings, languages),
		.help = "The languages in which the site has home pages: codes, or codes with names."},
	{NAME("timezone"), "time_zone", &type_zone, MEMBER(Settings, timezone), .fallback = "UTC",
		.help = "The zone of times that name none."},
	{NAME("institute"), "publisher", &type_group, MEMBER(Settings, institute), GROUP(institute_rows), .help = "Who publishes."},
	{NAME("brand"), NULL, &type_group, MEMBER(Settings, brand), GROUP(brand_rows), .help = "How the site looks."},
	{NAME("menu"), NULL, &type_menu, MEMBER(Settings, menu), GROUP(menu_rows), .help = "The menu: titles with addresses."},
	{NAME("banner"), "banners", &type_banners, MEMBER(Settings, banners), GROUP(banner_rows),
		.help = "A line above all pages, from a day to a day."},
	{NAME("featured"), NULL, &type_texts, MEMBER(Settings, featured), .help = "Briefs that the home page shows first: slugs or paths."},
	{NAME("disclaimer"), NULL, &type_text, MEMBER(Settings, disclaimer), .help = "The line below each brief."},
	{NAME("licence"), "license", &type_licence, MEMBER(Settings, licence), .fallback = "all rights reserved",
		.help = "The licence of briefs that name none, as an SPDX identifier."},
	{NAME("rights"), NULL, &type_text, MEMBER(Settings, rights), .help = "Who holds the rights, in words."},
	{NAME("collections"), "collection", &type_collections, MEMBER(Settings, collections), GROUP(collection_rows),
		.fallback = "briefs, in content/briefs", .help = "The kinds of publication: names with settings."},
	{NAME("taxonomies"), "taxonomy", &type_taxonomies, MEMBER(Settings, taxonomies), GROUP(taxonomy_rows),
		.fallback = "authors, regions, topics, series, kinds, years",
		.help = "What briefs are sorted by: names with settings, or false."},
	{NAME("html"), NULL, &type_word, MEMBER(Settings, html), .words = html_words, .fallback = "clean",
		.help = "What becomes of HTML in texts."},
	{NAME("liquid"), NULL, &type_bool, MEMBER(Settings, liquid), .fallback = "false",
		.help = "Whether template syntax in texts is run."},
	{NAME("history"), NULL, &type_group, MEMBER(Settings, history), GROUP(history_rows), .help = "How versions are read from git."},
	{NAME("suppress"), NULL, &type_suppress, MEMBER(Settings, suppress), GROUP(suppress_rows),
		.help = "Texts that must not be shown any more."},
	{NAME("checks"), "check", &type_checks, MEMBER(Settings, checks),
		.help = "The level of each check: notice, warning, error or off."},
	{NAME("output"), "outputs", &type_outputs, MEMBER(Settings, output), GROUP(output_rows), .help = "What is made."},
	{NAME("allow_hosts"), "allow_host", &type_texts, MEMBER(Settings, allow_hosts), .fallback = "none",
		.help = "Hosts from which pages may load."},
	{NAME("paginate"), NULL, &type_int, MEMBER(Settings, paginate), .fallback = "20", .help = "Briefs on one page of a list."},
	{NAME("max_file"), NULL, &type_int, MEMBER(Settings, max_file), .fallback = "16",
		.help = "The largest text file that is read, in MiB."},
};
const size_t settings_rows_n = ROWS_N(settings_rows);

/* The whole */

static void set_defaults(Settings *s, Arena *a)
{
	*s = (Settings){.title = S("Policy briefs"), .language = S("en"), .timezone = S("UTC"), .paginate = 20, .max_file = 16};
	s->history = (HistorySettings){.notes = true, .bulk = 25};
	s->checks = check_defaults();
	for (int o = 0; o < OUT_N; o++)
		s->output[o] = str_eq(str_of(output_rows[o].fallback), S("true"));
	Collection *briefs = NEW(a, Collection);
	*briefs = collection_of(a, S("briefs"));
	briefs->html = (HtmlMode)-1;
	s->collections = briefs;
	s->collections_n = 1;
	default_taxonomies(s, a);
}

/* The default language leads the list. */
static void finish_languages(Settings *s, Arena *a)
{
	Language *list = NEW_N(a, Language, s->languages_n + 1);
	size_t n = 1;
	list[0] = (Language){.code = s->language};
	for (size_t i = 0; i < s->languages_n; i++)
		if (str_eq(s->languages[i].code, s->language))
			list[0] = s->languages[i];
		else
			list[n++] = s->languages[i];
	s->languages = list;
	s->languages_n = n;
}

static void check_map(Reading *r, const Settings *s, const FieldMap *m)
{
	Str names[F_N];
	if (!m->to.n || row_find(record_rows, F_N, m->to) || settings_taxonomy_of_field(s, m->to) || settings_taxonomy(s, m->to))
		return;
	for (int i = 0; i < F_N; i++)
		names[i] = record_rows[i].name;
	Str near = nearest_name(m->to, names, F_N);
	row_fault(r, CHECK_FIELD_VALUE, m->place,
		near.n ? str_printf(r->arena, "did you mean \"%.*s\"?", STR_ARG(near))
		       : S("write the name of a field, or keep for one that only layouts use"),
		"there is no field \"%.*s\"", STR_ARG(m->to));
}

static void finish_collections(Reading *r, Settings *s)
{
	Collection *list = (Collection *)s->collections; /* made here, given out as const */
	for (size_t i = 0; i < s->collections_n; i++) {
		Collection *c = &list[i];
		if ((int)c->html < 0)
			c->html = s->html;
		for (size_t k = 0; k < c->fields_n; k++)
			check_map(r, s, &c->fields[k]);
		for (size_t k = 0; k < c->defaults_n; k++)
			record_check_defaults(r, c->defaults[k].fields, s);
		for (size_t k = 0; k < i; k++)
			if (str_eq(list[k].path, c->path))
				row_fault(r, CHECK_FIELD_VALUE, c->place, S("give each its own folder"),
					"the collections \"%.*s\" and \"%.*s\" have the same folder", STR_ARG(list[k].name),
					STR_ARG(c->name));
	}
}

bool settings_parse(Str file, Str text, Arena *a, Diags *d, Settings *out)
{
	Reading r = {.file = file, .text = text, .arena = a, .diags = d};
	size_t start = str_starts(text, S("\xEF\xBB\xBF")) ? 3 : 0, before = d->count[DIAG_USAGE];
	YamlText y = {.file = file, .text = text, .from = start, .to = text.n, .level = DIAG_USAGE, .twice = DIAG_USAGE};
	set_defaults(out, a);
	const YamlNode *root = yaml_parse(&y, a, d);
	if (root && root->kind == YAML_MAP) {
		const YamlNode *liquid = yaml_get(root, S("liquid"));
		if (liquid && yaml_bool(liquid, &out->liquid)) /* collections take it over */
			((Collection *)out->collections)->liquid = out->liquid;
		rows_read(&r, settings_rows, settings_rows_n, root, out, "");
		out->all = yaml_value(root, a);
	} else if (root && !yaml_is_null(root)) {
		row_fault(&r, CHECK_YAML_SYNTAX, root->place, S("write one setting a line, as title: My archive"),
			"the settings are %s, not fields", root->kind == YAML_LIST ? "a list" : "a text");
	}
	finish_languages(out, a);
	finish_collections(&r, out);
	return d->count[DIAG_USAGE] == before;
}

/* Finding */

static bool holds(Str folder, Str path)
{
	return !folder.n || (str_starts(path, folder) && path.n > folder.n && path.p[folder.n] == '/');
}

static const Collection *find_collection(const Settings *s, Str path, bool former, Str *folder)
{
	const Collection *best = NULL;
	size_t longest = 0;
	*folder = (Str){0};
	for (size_t i = 0; i < s->collections_n; i++) {
		const Collection *c = &s->collections[i];
		if (holds(c->path, path) && (!best || c->path.n > longest))
			best = c, longest = c->path.n;
		for (size_t k = 0; former && k < c->former_paths.n; k++)
			if (holds(c->former_paths.at[k].text, path) && (!best || c->former_paths.at[k].text.n > longest))
				best = c, longest = c->former_paths.at[k].text.n;
	}
	*folder = str_upto(path, longest);
	return best;
}

const Collection *settings_collection(const Settings *s, Str path, bool former)
{
	Str folder;
	return find_collection(s, path, former, &folder);
}

size_t text_ending(Str path)
{
	return str_ends(path, S(".md")) ? 3 : str_ends(path, S(".markdown")) ? 9 : 0;
}

bool settings_is_public(const Settings *s, Str path, bool former)
{
	Str folder;
	if (!find_collection(s, path, former, &folder) && str_starts(path, S("content/")))
		folder = str_upto(path, 7);
	for (Str rest = str_from(path, folder.n ? folder.n + 1 : 0); rest.n;) {
		Str name = str_cut(&rest, '/');
		if (name.n && (*name.p == '_' || *name.p == '.'))
			return false;
	}
	return true;
}

const Taxonomy *settings_taxonomy(const Settings *s, Str name)
{
	for (size_t i = 0; i < s->taxonomies_n; i++)
		if (str_eq(s->taxonomies[i].name, name))
			return &s->taxonomies[i];
	return NULL;
}

const Taxonomy *settings_taxonomy_of_field(const Settings *s, Str field)
{
	for (size_t i = 0; i < s->taxonomies_n; i++)
		if (str_eq(s->taxonomies[i].field, field))
			return &s->taxonomies[i];
	return NULL;
}

size_t settings_help(Arena *a, const HelpRow **rows)
{
	return rows_help(a, settings_rows, settings_rows_n, rows);
}
