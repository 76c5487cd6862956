/* Front matter and site.yaml as records and as messages: each case is two texts, and what is read or said, as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "lib/icu.h"
#include "lib/json.h"
#include "record/permalink.h"
#include "record/schema.h"

#include <stdio.h>
#include <stdlib.h>

static void put_value(Buf *b, Value v)
{
	switch (v.kind) {
	case V_NIL: buf_lit(b, "nil"); break;
	case V_BOOL: buf_puts(b, v.b ? S("true") : S("false")); break;
	case V_INT: buf_printf(b, "%lld", (long long)v.i); break;
	case V_FLOAT: buf_printf(b, "%g", v.f); break;
	case V_STR: buf_put_json(b, value_as_str(v)); break;
	case V_DATE:
		buf_putc(b, '<');
		buf_put_date(b, value_as_date(v));
		buf_putc(b, '>');
		break;
	case V_LIST:
		buf_putc(b, '[');
		for (uint32_t i = 0; i < v.n; i++) {
			buf_puts(b, i ? S(", ") : S(""));
			put_value(b, v.list[i]);
		}
		buf_putc(b, ']');
		break;
	case V_MAP:
		buf_putc(b, '{');
		for (uint32_t i = 0; i < v.map->n; i++) {
			buf_printf(b, "%s%.*s: ", i ? ", " : "", STR_ARG(v.map->pairs[i].key));
			put_value(b, v.map->pairs[i].value);
		}
		buf_putc(b, '}');
		break;
	default: fail_msg("a value of kind %d", v.kind);
	}
}

static void put_text(Buf *b, const char *name, Str s)
{
	if (s.n) {
		buf_printf(b, "%s: ", name);
		buf_put_json(b, s);
		buf_putc(b, '\n');
	}
}

static void put_items(Buf *b, const char *name, Items items)
{
	for (size_t i = 0; i < items.n; i++) {
		buf_printf(b, "%s @%u:%u: ", name, items.at[i].place.line, items.at[i].place.column);
		buf_put_json(b, items.at[i].text);
		buf_putc(b, '\n');
	}
}

static void put_people(Buf *b, const Record *r)
{
	for (size_t i = 0; i < r->author_n; i++) {
		const Person *p = &r->author[i];
		buf_printf(b, "author @%u:%u: %.*s", p->place.line, p->place.column, STR_ARG(p->name));
		if (p->family.n || p->given.n)
			buf_printf(b, " (%.*s, %.*s)", STR_ARG(p->family), STR_ARG(p->given));
		buf_printf(b, "%s%.*s%s%.*s%s%.*s%s\n", p->orcid.n ? " orcid " : "", STR_ARG(p->orcid), p->affiliation.n ? " at " : "", STR_ARG(p->affiliation), p->ror.n ? " ror " : "",
			STR_ARG(p->ror), p->org ? " org" : "");
	}
}

static void put_lists(Buf *b, const Record *r)
{
	for (size_t i = 0; i < r->related_n; i++)
		buf_printf(b, "%s%s @%u: %.*s %.*s\n", relation_name(r->related[i].relation), r->related[i].never ? " never" : "", r->related[i].place.line, STR_ARG(r->related[i].target),
			STR_ARG(r->related[i].title));
	for (size_t i = 0; i < r->changes_n; i++) {
		buf_printf(b, "change %s v%lld ", change_type_name(r->changes[i].type), (long long)r->changes[i].version);
		if (r->changes[i].date.known)
			buf_put_date(b, r->changes[i].date);
		buf_printf(b, " %.*s\n", STR_ARG(r->changes[i].note));
	}
	for (size_t i = 0; i < r->links_n; i++)
		buf_printf(b, "link %.*s %.*s\n", STR_ARG(r->links[i].title), STR_ARG(r->links[i].url));
	for (size_t i = 0; i < r->archived_n; i++)
		buf_printf(b, "archived %.*s %.*s\n", STR_ARG(r->archived[i].title), STR_ARG(r->archived[i].url));
	for (size_t i = 0; i < r->terms_n; i++)
		put_items(b, "term", r->terms[i].items);
}

static void put_record(Buf *b, const Record *r)
{
	put_text(b, "title", r->title), put_text(b, "subtitle", r->subtitle), put_text(b, "id", r->id), put_text(b, "slug", r->slug);
	if (r->date.known) {
		buf_lit(b, "date: ");
		buf_put_date(b, r->date);
		buf_putc(b, '\n');
	}
	put_people(b, r);
	put_text(b, "kind", r->kind), put_text(b, "series", r->series), put_text(b, "number", r->number), put_text(b, "abstract", r->abstract), put_text(b, "lang", r->lang);
	put_text(b, "translation_of", r->translation_of), put_text(b, "doi", r->doi), put_text(b, "licence", r->licence), put_text(b, "status_note", r->status_note);
	put_text(b, "superseded_by", r->superseded_by), put_text(b, "layout", r->layout), put_text(b, "permalink", r->permalink), put_text(b, "name", r->name);
	put_text(b, "orcid", r->orcid), put_text(b, "ror", r->ror), put_text(b, "parent", r->parent), put_text(b, "image", r->image.path), put_text(b, "alt", r->image.alt);
	put_items(b, "region", r->region), put_items(b, "topic", r->topic), put_items(b, "takeaway", r->takeaways), put_items(b, "pdf", r->pdf), put_items(b, "alias", r->aliases);
	put_items(b, "former", r->former), put_items(b, "unknown", r->unknown);
	put_lists(b, r);
	if (r->status != STATUS_PUBLISHED)
		buf_printf(b, "status: %s\n", status_name(r->status));
	buf_printf(b, "%s%s%s%s", r->draft ? "draft\n" : "", r->featured ? "featured\n" : "", r->liquid ? "liquid\n" : "", r->html == HTML_TRUSTED ? "trusted\n" : "");
	buf_lit(b, "all: ");
	put_value(b, r->all);
	buf_lit(b, "\nextra: ");
	put_value(b, r->extra);
	buf_printf(b, "\nbody at %zu, line %u%s%s\n", r->body, r->body_line, r->has_front_matter ? "" : ", no front matter", r->ok ? "" : ", not ok");
}

static Str read_case(Arena *a, Str site, const char *file, Str text)
{
	Diags d = {0};
	Buf b = {0};
	Settings s;
	Record r, old;
	settings_parse(S("site.yaml"), site, a, &d, &s);
	RecordRules rules = {.settings = &s, .collection = settings_collection(&s, str_of(file), false)};
	rules.kind = rules.collection ? RECORD_BRIEF : str_starts(str_of(file), S("content/authors/")) ? RECORD_TERM : RECORD_PAGE;
	bool ok = record_parse(str_of(file), text, &rules, a, &d, &r);
	assert_int_equal(ok, r.ok);
	rules.old = true; /* silent, and the same but for what is grave */
	record_parse(str_of(file), text, &rules, a, NULL, &old);
	assert_true(old.ok || !r.ok);
	assert_true(str_eq(old.slug, r.slug) && old.places_n == r.places_n && old.body == r.body);
	diags_sort(&d);
	diags_print(&d, &b, false, DIAG_NOTICE);
	put_record(&b, &r);
	Str out = str_dup(a, buf_str(&b));
	buf_release(&b);
	diags_release(&d);
	return out;
}

static const struct { const char *name; Str site; const char *file; Str text; const char *expected; } cases[] = {
#include "record-cases.h"
};

static void each_case_reads_as_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		Arena a = {0};
		Str got = read_case(&a, cases[i].site, cases[i].file, cases[i].text);
		if (getenv("SHOW"))
			printf("--- %s\n%s", cases[i].name, got.p);
		else if (!str_eq(got, str_of(cases[i].expected)))
			fail_msg("%s:\n%s\nis not\n%s", cases[i].name, got.p, cases[i].expected);
		arena_release(&a);
	}
}

/* Fences: where front matter and body begin and end. */
static const struct { const char *text; const char *yaml, *body; uint32_t line; bool unclosed; } splits[] = {
	{"", NULL, "", 1, false}, {"\xEF\xBB\xBF", NULL, "", 1, false}, {"text\n", NULL, "text\n", 1, false}, {"---\na: 1\n---\nbody", "a: 1\n", "body", 4, false},
	{"\xEF\xBB\xBF---\na: 1\n---\nbody", "a: 1\n", "body", 4, false}, {"---\r\na: 1\r\n---\r\nbody", "a: 1\r\n", "body", 4, false}, {"---\ra: 1\r---\rbody", "a: 1\r", "body", 4, false},
	{"--- \t\na: 1\n---  \nbody", "a: 1\n", "body", 4, false}, {"---\na: 1\n...\nbody", "a: 1\n", "body", 4, false}, {"---\n---\n", "", "", 3, false}, {"---\n---", "", "", 3, false},
	{"---\na: 1\n---", "a: 1\n", "", 4, false}, {"---", NULL, "---", 1, true}, {"---\n", NULL, "---\n", 1, true}, {"---\na: 1\n", NULL, "---\na: 1\n", 1, true},
	{"----\na: 1\n---\n", NULL, "----\na: 1\n---\n", 1, false}, {"--- x\na: 1\n---\n", NULL, "--- x\na: 1\n---\n", 1, false}, {"\n---\na: 1\n---\n", NULL, "\n---\na: 1\n---\n", 1, true},
	{" ---\na: 1\n---\n", NULL, " ---\na: 1\n---\n", 1, true}, {"\n---\n\nText after a rule.\n", NULL, "\n---\n\nText after a rule.\n", 1, false}, {"+++\na = 1\n+++\n", NULL, "+++\na = 1\n+++\n", 1, true}, {"---\na: 1\n----\n---\nx", "a: 1\n----\n", "x", 5, false}, {"...\na\n...\n", NULL, "...\na\n...\n", 1, false},
	{"---\na: 1\n ---\n---\nx\n---\n", "a: 1\n ---\n", "x\n---\n", 5, false},
};

static void fences_split_in_one_documented_way(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
		Str text = str_of(splits[i].text);
		Split s = record_split(text);
		assert_int_equal(s.has_front_matter, splits[i].yaml != NULL);
		assert_int_equal(s.unclosed, splits[i].unclosed);
		assert_int_equal(s.body_line, splits[i].line);
		assert_true(str_eq(str_from(text, s.body), str_of(splits[i].body)));
		if (splits[i].yaml)
			assert_true(str_eq(str_n(text.p + s.yaml, s.yaml_end - s.yaml), str_of(splits[i].yaml)));
	}
}

/* Every scalar in every field: no crash, no value that the writing does not hold, and text stays text. */
static void each_type_in_each_field(void **state)
{
	(void)state;
	static const char *const values[] = {"", "~", "null", "5", "0014", "1_000", "0o17", "1e3", "yes", "NO", "true", "2024-01-01", "2024-01-01T10:00:00Z", "[a, b]", "[1, [2]]", "{a: b}", "[{a: b}]",
		"'2, 161'", "\"\"", "[]", "{}", "[~]", "x", "https://example.org/", "\"a\\0b\"", "🎈"};
	Arena a = {0};
	Diags d = {0};
	Settings s;
	settings_parse(S("site.yaml"), (Str){0}, &a, &d, &s);
	for (int f = 0; f < F_N; f++)
		for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
			Arena own = {0};
			Record r;
			Str text = str_printf(&own, "---\n%.*s: %s\n---\n", STR_ARG(field_name((Field)f)), values[v]);
			RecordRules rules = {.settings = &s, .collection = s.collections, .kind = (RecordKind)(v % 3)};
			record_parse(S("content/briefs/a.md"), text, &rules, &own, &d, &r);
			assert_true(r.slug.n > 0);
			Str kept = f == F_TITLE ? r.title : f == F_SLUG ? r.slug : (Str){0};
			if (kept.n && strchr("05", values[v][0]) && values[v][0])
				assert_true(str_eq(kept, str_of(values[v])));
			for (uint32_t k = 0; k < r.all.map->n; k++)
				assert_true(f == F_DRAFT || f == F_FEATURED || f == F_LIQUID || r.kind.n || r.all.map->pairs[k].value.kind != V_INT
					|| record_place(&r, (Field)f).line == 0);
			arena_release(&own);
		}
	assert_true(d.n > 100);
	diags_release(&d);
	arena_release(&a);
}

static const struct { const char *written, *address; } addresses[] = {
	{"/about/", "/about/"}, {"about", "/about/"}, {"/a/b.html", "/a/b.html"}, {"/", "/"}, {"/a%20b/", "/a b/"}, {"/caf%C3%A9/", "/café/"}, {"/cafe\xCC\x81/", "/café/"}, {"/briefs/물/", "/briefs/물/"},
	{"/.well-known/x", "/.well-known/x/"}, {"/404.html", "/404.html"}, {"/v1.2-notes/", "/v1.2-notes/"},
	{"../../x", NULL}, {"/a/../../b", NULL}, {"/a/..", NULL}, {"..", NULL}, {".", NULL}, {"/./a", NULL}, {"%2e%2e%2f", NULL}, {"/%2E%2e/x", NULL}, {"/a/%2e%2e/b", NULL}, {"%252e%252e/x", NULL}, {"..\\x", NULL},
	{"/a\\b", NULL}, {"..%5cx", NULL}, {"//host/x", NULL}, {"///x", NULL}, {"/a//b", NULL}, {"%2f%2fhost/x", NULL}, {"https://host/x", NULL}, {"javascript:alert(1)", NULL}, {"C:\\x", NULL}, {"C:/x", NULL}, {"c:x", NULL},
	{"/x.", NULL}, {"/x./y", NULL}, {"/x /", NULL}, {"/ x/", NULL}, {"/x%20/", NULL}, {"/x%2e", NULL}, {"/a\nb", NULL}, {"/a\rb", NULL}, {"/a\tb", NULL}, {"/a%00b", NULL}, {"/a%0ab", NULL}, {"/a\x7f", NULL},
	{"/a?b", NULL}, {"/a#b", NULL}, {"/a%3Fb", NULL}, {"/a%23b", NULL}, {"/a*b", NULL}, {"/<script>", NULL}, {"/a\"b", NULL}, {"/a|b", NULL}, {"/.git/config", NULL}, {"/.htaccess", NULL}, {"/a/.hidden", NULL},
	{"/%zz", NULL}, {"/100%", NULL}, {"\xFF", NULL}, {"/%FF", NULL}, {"/%C0%AE%C0%AE/", NULL}, {"", NULL}, {"  ", NULL}, {"/x/\xE2\x80\xAEgpj/", NULL},
};

static void addresses_never_lead_out(void **state)
{
	(void)state;
	Arena a = {0};
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		Str out;
		const char *why;
		bool ok = address_clean(&a, str_of(addresses[i].written), &out, &why);
		if (ok != (addresses[i].address != NULL) || (ok && !str_eq(out, str_of(addresses[i].address))))
			fail_msg("%s: %.*s", addresses[i].written, ok ? (int)out.n : 7, ok ? out.p : "refused");
		assert_true(ok || why);
	}
	Str long_one = str_printf(&a, "/%0300d/", 1), out;
	const char *why;
	assert_false(address_clean(&a, long_one, &out, &why));
	arena_release(&a);
}

static const struct { const char *pattern, *front, *relative, *address; } permalinks[] = {
	{"/briefs/:slug/", "", "a.md", "/briefs/a/"}, {"/:year/:month/:slug/", "date: 2024-05-01", "x/a.md", "/2024/05/a/"}, {"/:year/:slug/", "", "a.md", "/a/"}, {"/:path/:slug/", "", "2024/Some Notes/a.md", "/2024/some-notes/a/"},
	{"/:path/:slug/", "", "2024/a/index.md", "/2024/a/"}, {"/:series/:number/", "series: Policy Briefs\nnumber: PB 12", "a.md", "/policy-briefs/pb-12/"}, {"/:lang/:slug/", "lang: ko", "a.md", "/ko/a/"},
	{"/:lang/:slug/", "lang: en", "a.md", "/a/"}, {"/:kind/:slug.html", "kind: 보고서", "a.md", "/보고서/a.html"}, {"/b/:slug/", "permalink: /other/place", "a.md", "/other/place/"}, {"/b/:slug/", "slug: Given_one", "a.md", "/b/Given_one/"},
	{"/b/:number/", "number: ../../etc", "a.md", NULL}, {"/b/:number/x/", "number: '..'", "a.md", NULL}, {"/:number/", "", "a.md", NULL}, {"/EIPS/eip-:number", "number: 12", "a.md", "/EIPS/eip-12/"},
};

static void permalinks_expand(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof permalinks / sizeof *permalinks; i++) {
		Arena a = {0};
		Diags d = {0};
		Settings s;
		Record r;
		Str out = {0};
		const char *why;
		settings_parse(S("site.yaml"), (Str){0}, &a, &d, &s);
		RecordRules rules = {.settings = &s, .collection = s.collections, .kind = RECORD_BRIEF, .old = true};
		Str file = str_printf(&a, "content/briefs/%s", permalinks[i].relative);
		record_parse(file, str_printf(&a, "---\n%s\n---\n", permalinks[i].front), &rules, &a, NULL, &r);
		bool ok = permalink_expand(str_of(permalinks[i].pattern), &r, str_of(permalinks[i].relative), s.language, &a, &out, &why);
		if (ok && permalinks[i].address)
			assert_string_equal(str_c(&a, out), permalinks[i].address);
		else if (ok != (permalinks[i].address != NULL))
			fail_msg("%s gives %.*s", permalinks[i].pattern, ok ? (int)out.n : 7, ok ? out.p : "nothing");
		diags_release(&d);
		arena_release(&a);
	}
}

static void identifiers_check_themselves(void **state)
{
	(void)state;
	static const struct { const char *text; bool orcid, ror, licence; } ids[] = {
		{"0000-0002-1825-0097", true, false, false}, {"https://orcid.org/0000-0001-5109-3700", true, false, false}, {"0000-0002-1694-233X", true, false, true}, {"0000-0002-1825-0098", false, false, false},
		{"0000000218250097", false, false, false}, {"0000-0002-1694-233x", false, false, true}, {"https://ror.org/03yrm5c26", false, true, false}, {"05dxps055", false, true, true}, {"05dxps056", false, false, true},
		{"15dxps055", false, false, true}, {"CC-BY-4.0", false, false, true}, {"MIT OR (Apache-2.0 AND LicenseRef-own)", false, false, true}, {"GPL-2.0+ WITH Classpath-exception-2.0", false, false, true}, {"CC BY 4.0", false, false, false},
		{"MIT OR", false, false, false}, {"(MIT", false, false, false}, {"MIT)", false, false, false}, {"4.0", false, false, false}, {"", false, false, false}, {"all rights reserved", false, false, false},
	};
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		Str bare, s = str_of(ids[i].text);
		if (orcid_ok(s, &bare) != ids[i].orcid || ror_ok(s, &bare) != ids[i].ror || licence_ok(s) != ids[i].licence)
			fail_msg("%s", ids[i].text);
	}
}

static void change_types_forgive_their_spelling(void **state)
{
	(void)state;
	ChangeType t;
	Str near;
	assert_true(change_type_of(S("New Edition"), &t, &near) && t == CHANGE_NEW_EDITION);
	assert_true(change_type_of(S("expression-of-concern"), &t, &near) && t == CHANGE_EXPRESSION_OF_CONCERN);
	assert_false(change_type_of(S("corection"), &t, &near));
	assert_true(str_eq(near, S("correction")));
	assert_false(change_type_of(S("typo"), &t, &near));
	assert_false(change_type_of(S(""), &t, &near));
}

static void unknown_keys_are_one_line_each(void **state)
{
	(void)state;
	Arena a = {0};
	Diags d = {0};
	Buf b = {0};
	Settings s;
	UnknownKeys u = {0};
	settings_parse(S("site.yaml"), (Str){0}, &a, &d, &s);
	RecordRules rules = {.settings = &s, .collection = s.collections, .kind = RECORD_BRIEF};
	for (int i = 0; i < 30; i++) {
		Record r;
		Str file = str_printf(&a, "content/briefs/b%02d.md", i), text = str_printf(&a, "---\ntitle: x\nauthor: y\ndate: 2024-01-01\ncategory: z\n%s---\n", i == 7 ? "mood: good\n" : "");
		assert_true(record_parse(file, text, &rules, &a, &d, &r));
		record_unknown_add(&u, file, text, &r);
	}
	assert_int_equal(d.n, 0);
	record_unknown_report(&u, &s, &d);
	diags_print(&d, &b, false, DIAG_NOTICE);
	buf_putc(&b, 0);
	assert_string_equal(b.p,
		"content/briefs/b00.md:5:1: warning: the field \"category\" is not known (30 files); layouts can use it [key-unknown]\n"
		"    category: z\n"
		"    ^^^^^^^^\n"
		"  = if it is the kind, write in site.yaml under the collection's fields: category: kind; if it is for layouts: category: keep\n"
		"content/briefs/b07.md:6:1: warning: the field \"mood\" is not known (1 file); layouts can use it [key-unknown]\n"
		"    mood: good\n"
		"    ^^^^\n"
		"  = if it is meant, write in site.yaml under the collection's fields: mood: keep\n");
	record_unknown_release(&u);
	buf_release(&b);
	diags_release(&d);
	arena_release(&a);
}

static void the_tables_are_in_order_and_helpful(void **state)
{
	(void)state;
	Arena a = {0};
	const HelpRow *rows;
	size_t n = record_help(&a, &rows);
	for (size_t i = 0; i < n; i++)
		assert_true(rows[i].name.n && rows[i].type.n && rows[i].help.n);
	for (int f = 1; f < F_N; f++)
		assert_true(str_cmp(field_name((Field)(f - 1)), field_name((Field)f)) < 0);
	n = settings_help(&a, &rows);
	for (size_t i = 0; i < n; i++)
		assert_true(rows[i].name.n && rows[i].type.n && rows[i].help.n);
	for (int c = 1; c < CHECK_N; c++)
		assert_true(strcmp(check_rows[c - 1].name, check_rows[c].name) < 0);
	arena_release(&a);
}

static Value member(Value of, const char *path)
{
	bool found;
	for (Str rest = str_of(path); rest.n;)
		of = value_get(of, str_cut(&rest, '/'), NULL, &found);
	return of;
}

static void the_schema_is_json_and_names_each_row(void **state)
{
	(void)state;
	Arena a = {0};
	Buf b = {0};
	Value both;
	Str why;
	size_t offset;
	schema_write(&b);
	assert_true(json_parse(buf_str(&b), &a, &both, &why, &offset));
	for (int f = 0; f < F_N; f++)
		assert_int_equal(member(member(both, "$defs/frontMatter/properties"), str_c(&a, field_name((Field)f))).kind, V_MAP);
	assert_int_equal(member(both, "$defs/frontMatter/properties/authors/items/properties/orcid").kind, V_MAP);
	assert_int_equal(member(both, "$defs/settings/properties/collections/additionalProperties/properties/permalink").kind, V_MAP);
	assert_int_equal(member(both, "$defs/settings/properties/history/properties/bulk").kind, V_MAP);
	assert_int_equal(member(both, "$defs/settings/properties/html/enum").n, 4); /* clean, off, trusted, null */
	assert_int_equal(member(both, "$defs/frontMatter/required").n, 2);
	buf_release(&b);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case_reads_as_written), cmocka_unit_test(fences_split_in_one_documented_way), cmocka_unit_test(each_type_in_each_field), cmocka_unit_test(addresses_never_lead_out),
		cmocka_unit_test(permalinks_expand), cmocka_unit_test(identifiers_check_themselves), cmocka_unit_test(change_types_forgive_their_spelling), cmocka_unit_test(unknown_keys_are_one_line_each),
		cmocka_unit_test(the_tables_are_in_order_and_helpful), cmocka_unit_test(the_schema_is_json_and_names_each_row),
	};
	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
