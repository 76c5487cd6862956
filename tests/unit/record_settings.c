/* site.yaml with every key, read into Settings; what is left out keeps its default. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "record/record.h"

static const char every_key[] =
	"title: Water briefs\n"
	"description: One sentence.\n"
	"url: https://Example.ORG:8443/policy/water/\n"
	"language: ko\n"
	"languages: {en: English, ko: 한국어}\n"
	"timezone: Asia/Seoul\n"
	"institute: {name: The Institute, short_name: TI, ror: https://ror.org/03yrm5c26, address: Seoul, url: https://institute.example, author: true}\n"
	"brand: {logo: /img/logo.svg, logo_alt: TI, favicon: img/icon.png, accent: '#1a5276', fonts: Georgia}\n"
	"menu:\n  - Home: /\n  - {title: 소개, url: /about/, lang: ko}\n"
	"banner: {text: We move, url: /move/, from: 2024-01-01, until: 2024-02-01}\n"
	"featured: [a, b]\n"
	"disclaimer: Views are the authors'.\n"
	"licence: CC-BY-4.0\n"
	"rights: The authors\n"
	"collections:\n"
	"  briefs:\n    path: content/briefs\n    former_paths: [old/briefs]\n    permalink: /briefs/:year/:slug/\n    former_permalinks: /b/:slug\n    address: /all/\n    layout: wide\n"
	"    fields: {created: date, requires: {to: related, split: \",\", prefix: eip-, suffix: .md}, category: keep, day: {to: date, order: day-month-year}}\n"
	"    defaults: {notes/2019: {kind: Old note}, notes: {kind: Note}}\n    dates_from_names: true\n    feed: false\n    versions: false\n    html: off\n    liquid: true\n    title: Briefs\n"
	"  news: {path: ./content/news/}\n"
	"taxonomies:\n  regions: {vocabulary: closed, hierarchical: false, title: Places, address: /places/, layout: place}\n  kinds: false\n  sectors: {field: sector}\n"
	"html: trusted\n"
	"history: {date: author, notes: false, subjects: true, contributors: true, incomplete: allow, bulk: 7}\n"
	"suppress:\n  - content/briefs/x.md\n  - {brief: y, versions: [1, v3], reason: A court, notice: none}\n"
	"checks: {link-broken: warning, key-unknown: off, term-closed: false}\n"
	"output: {since: true, feeds: false, swap: journal}\n"
	"allow_hosts: [cdn.example]\n"
	"paginate: 5\n"
	"max_file: 2\n"
	"house_style: serif\n";

#define IS(got, expected) assert_true(str_eq((got), S(expected)))

static void check_site(const Settings *s)
{
	IS(s->title, "Water briefs"), IS(s->description, "One sentence."), IS(s->url, "https://example.org:8443/policy/water");
	IS(s->origin, "https://example.org:8443"), IS(s->base, "/policy/water"), IS(s->host, "example.org:8443");
	IS(s->language, "ko"), IS(s->timezone, "Asia/Seoul");
	assert_int_equal(s->languages_n, 2);
	IS(s->languages[0].code, "ko"), IS(s->languages[0].name, "한국어"), IS(s->languages[1].code, "en");
	IS(s->institute.name, "The Institute"), IS(s->institute.short_name, "TI"), IS(s->institute.ror, "03yrm5c26"), IS(s->institute.address, "Seoul");
	assert_true(s->institute.author);
	IS(s->brand.logo, "img/logo.svg"), IS(s->brand.favicon, "img/icon.png"), IS(s->brand.accent, "#1a5276"), IS(s->brand.fonts, "Georgia");
	assert_int_equal(s->menu_n, 2);
	IS(s->menu[0].title, "Home"), IS(s->menu[0].url, "/"), IS(s->menu[1].lang, "ko");
	assert_int_equal(s->banners_n, 1);
	assert_int_equal(s->banners[0].until.seconds, civil_seconds(2024, 2, 1));
	assert_int_equal(s->featured.n, 2);
	IS(s->licence, "CC-BY-4.0"), IS(s->rights, "The authors");
	assert_int_equal(s->html, HTML_TRUSTED);
	assert_int_equal(s->paginate, 5);
	assert_int_equal(s->max_file, 2);
	IS(s->allow_hosts.at[0].text, "cdn.example");
}

static void check_collections(const Settings *s)
{
	assert_int_equal(s->collections_n, 2);
	const Collection *c = &s->collections[0], *news = &s->collections[1];
	IS(c->title, "Briefs"), IS(c->path, "content/briefs"), IS(c->former_paths.at[0].text, "old/briefs"), IS(c->permalink, "/briefs/:year/:slug/");
	IS(c->former_permalinks.at[0].text, "/b/:slug"), IS(c->address, "/all/"), IS(c->layout, "wide");
	assert_true(c->dates_from_names && !c->feed && !c->versions && c->liquid && c->html == HTML_OFF);
	assert_int_equal(c->fields_n, 4);
	IS(c->fields[1].to, "related"), IS(c->fields[1].split, ","), IS(c->fields[1].prefix, "eip-"), IS(c->fields[1].suffix, ".md"), IS(c->fields[2].to, "");
	assert_int_equal(c->fields[3].order, DATE_DMY);
	IS(c->defaults[0].folder, "notes"), IS(c->defaults[1].folder, "notes/2019");
	IS(news->path, "content/news"), IS(news->permalink, "/news/:slug/"), IS(news->layout, "brief");
	assert_true(news->feed && news->versions && !news->liquid && news->html == HTML_TRUSTED);
	assert_ptr_equal(settings_collection(s, S("content/briefs/2024/x.md"), false), c);
	assert_null(settings_collection(s, S("old/briefs/x.md"), false));
	assert_ptr_equal(settings_collection(s, S("old/briefs/x.md"), true), c);
	assert_null(settings_collection(s, S("content/briefs.md"), true));
	assert_true(settings_is_public(s, S("old/briefs/x.md"), true) && !settings_is_public(s, S("content/_data/x.yaml"), false));
	assert_false(settings_is_public(s, S("content/briefs/.x.md"), false));
}

static void check_rest(const Settings *s)
{
	assert_int_equal(s->taxonomies_n, 6); /* six, less kinds, and sectors */
	const Taxonomy *regions = settings_taxonomy(s, S("regions")), *sectors = settings_taxonomy_of_field(s, S("sector"));
	assert_true(regions->closed && !regions->hierarchical);
	IS(regions->title, "Places"), IS(regions->address, "/places/"), IS(regions->layout, "place"), IS(regions->field, "region");
	IS(sectors->name, "sectors"), IS(sectors->address, "/sectors/");
	assert_null(settings_taxonomy(s, S("kinds")));
	assert_true(s->history.author_dates && !s->history.notes && s->history.subjects && s->history.contributors && s->history.allow_incomplete);
	assert_int_equal(s->history.bulk, 7);
	assert_int_equal(s->suppress_n, 2);
	assert_true(s->suppress[0].versions_n == 0 && !s->suppress[0].silent && s->suppress[1].silent && s->suppress[1].versions_n == 2 && s->suppress[1].versions[1] == 3);
	assert_int_equal(s->checks.level[CHECK_LINK_BROKEN], DIAG_WARNING);
	assert_int_equal(s->checks.level[CHECK_KEY_UNKNOWN], CHECK_OFF);
	assert_int_equal(s->checks.level[CHECK_TERM_CLOSED], CHECK_OFF);
	assert_true(s->output[OUT_SINCE] && !s->output[OUT_FEEDS] && s->output[OUT_SITEMAP] && s->swap == SWAP_JOURNAL);
	bool found;
	IS(value_as_str(value_get(s->all, S("house_style"), NULL, &found)), "serif");
}

static void every_key_is_read(void **state)
{
	(void)state;
	Arena a = {0};
	Diags d = {0};
	Settings s;
	assert_true(settings_parse(S("site.yaml"), str_of(every_key), &a, &d, &s));
	assert_int_equal(d.n, 1); /* house_style is none of ours */
	assert_int_equal(d.list[0].level, DIAG_WARNING);
	check_site(&s);
	check_collections(&s);
	check_rest(&s);
	diags_release(&d);
	arena_release(&a);
}

static void an_absent_file_gives_the_defaults(void **state)
{
	(void)state;
	Arena a = {0};
	Diags d = {0};
	Settings s;
	assert_true(settings_parse(S("site.yaml"), (Str){0}, &a, &d, &s));
	assert_int_equal(d.n, 0);
	IS(s.language, "en"), IS(s.timezone, "UTC"), IS(s.collections[0].path, "content/briefs"), IS(s.collections[0].permalink, "/briefs/:slug/");
	assert_int_equal(s.taxonomies_n, 6);
	assert_int_equal(s.languages_n, 1);
	assert_true(s.html == HTML_CLEAN && s.collections[0].html == HTML_CLEAN && !s.liquid && s.history.bulk == 25 && s.history.notes && !s.output[OUT_SINCE] && s.output[OUT_VERSIONS]);
	assert_true(settings_taxonomy(&s, S("regions"))->hierarchical);
	diags_release(&d);
	arena_release(&a);
}

static void addresses_of_a_site(void **state)
{
	(void)state;
	static const struct { const char *written, *base, *url; } urls[] = {
		{"https://example.org", "", "https://example.org"}, {"http://localhost:8080/", "", "http://localhost:8080"}, {"https://e.org/a b/", NULL, NULL}, {"https://e.org/%ED%95%9C/", "/한", "https://e.org/한"},
		{"example.org", NULL, NULL}, {"ftp://e.org", NULL, NULL}, {"https://", NULL, NULL}, {"https://user@e.org", NULL, NULL}, {"https://e.org/../x", NULL, NULL}, {"https://e.org/a/b", "/a/b", "https://e.org/a/b"},
		{"javascript:alert(1)", NULL, NULL}, {"https://e.org/?q=1", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		Arena a = {0};
		Settings s = {0};
		assert_int_equal(settings_set_url(&s, &a, str_of(urls[i].written)), urls[i].url != NULL);
		if (urls[i].url)
			assert_true(str_eq(s.base, str_of(urls[i].base)) && str_eq(s.url, str_of(urls[i].url)));
		arena_release(&a);
	}
}

static void check_apply_moves_lowers_and_drops(void **state)
{
	(void)state;
	Diags d = {0};
	CheckLevels levels = check_defaults();
	levels.level[CHECK_HTML_DROPPED] = CHECK_OFF;
	levels.level[CHECK_HEADING_EMPTY] = DIAG_ERROR;
	diag_add(&d, (Diag){.level = DIAG_WARNING, .check = "html-dropped", .message = S("before")});
	for (int i = 0; i < 2; i++) {
		diag_add(&d, (Diag){.level = DIAG_WARNING, .check = "html-dropped", .message = S("x")});
		diag_add(&d, (Diag){.level = DIAG_WARNING, .check = "heading-empty", .message = S("y")});
		diag_add(&d, (Diag){.level = DIAG_WORLD, .check = "heading-empty", .message = S("never moved")});
		diag_add(&d, (Diag){.level = DIAG_WARNING, .check = "no-such-check", .message = S("z")});
	}
	check_apply(&levels, false, &d, 1);
	assert_int_equal(d.n, 7);
	assert_int_equal(d.count[DIAG_ERROR], 2);
	assert_int_equal(d.count[DIAG_WARNING], 3);
	assert_int_equal(d.count[DIAG_WORLD], 2);
	check_apply(&levels, true, &d, 1); /* in a draft */
	assert_int_equal(d.count[DIAG_ERROR], 0);
	diags_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_read), cmocka_unit_test(an_absent_file_gives_the_defaults), cmocka_unit_test(addresses_of_a_site), cmocka_unit_test(check_apply_moves_lowers_and_drops),
	};
	return cmocka_run_group_tests_name("record_settings", tests, NULL, NULL);
}
