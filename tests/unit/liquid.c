/* The layout language: cases of three lines (tests/unit/liquid/), the examples of the manual, layouts, limits, the memo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/disk.h"
#include "base/pool.h"
#include "lib/json.h"
#include "liquid/liquid.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* ---- a host whose files are texts of a map ---- */

typedef struct Setting {
	LiquidEscape escape;
	bool strict;
	LiquidLimits limits;
	LiquidMemo *memo;
	Value files;
} Setting;

static bool load(void *user, LiquidKind kind, Str name, Str from, Arena *a, LiquidSource *out)
{
	const Setting *s = user;
	Value text;
	(void)kind, (void)from, (void)a;
	if (s->files.kind != V_MAP || !map_get(s->files.map, name, &text) || text.kind != V_STR)
		return false;
	*out = (LiquidSource){.file = name, .text = value_as_str(text), .escape = s->escape};
	Str rest = out->text, line;
	if (str_line(&rest, &line) && str_starts(line, S("---layout: "))) { /* front matter, for these tests */
		MapMaker m = {.arena = a};
		map_put(&m, S("layout"), value_str(str_from(line, 11)));
		map_put(&m, S("from"), value_str(name));
		map_put(&m, str_join(a, S("in_"), name), value_bool(true));
		out->front = map_seal(&m);
		out->body = (size_t)(rest.p - out->text.p);
	}
	return true;
}

/* What a template gives, or every message about it with its place. */
static Str run(Arena *a, Str text, Value data, Setting s, bool *good)
{
	Diags d = {0};
	Buf out = {0};
	LiquidHost host = {.user = &s, .load = load};
	Liquid *l = liquid_new(&host);
	const LiquidTemplate *t = liquid_parse(l, (LiquidSource){.file = S("template"), .text = text, .escape = s.escape}, &d);
	LiquidJob job = {.data = data, .arena = a, .diags = &d, .strict = s.strict, .limits = s.limits, .memo = s.memo};
	*good = t && liquid_render(l, t, &job, &out);
	if (!*good)
		buf_clear(&out);
	diags_sort(&d);
	for (size_t i = 0; i < d.n; i++)
		if (!*good || s.strict) {
			buf_printf(&out, "%s%.*s:%u:%u: %.*s", i || *good ? "\n" : "", STR_ARG(d.list[i].file), d.list[i].line,
				d.list[i].column, STR_ARG(d.list[i].message));
			if (d.list[i].hint.n)
				buf_printf(&out, " (%.*s)", STR_ARG(d.list[i].hint));
		}
	Str result = str_dup(a, buf_str(&out));
	liquid_free(l);
	diags_release(&d);
	buf_release(&out);
	return result;
}

static void expect(const char *text, const char *json, Setting s, const char *wanted)
{
	Arena a = {0};
	Value data = NIL;
	Str why;
	size_t offset;
	bool good;
	assert_true(!json || json_parse(str_of(json), &a, &data, &why, &offset));
	if (data.kind == V_MAP && map_get(data.map, S("$"), &s.files))
		assert_int_equal(s.files.kind, V_MAP);
	assert_string_equal(run(&a, str_of(text), data, s, &good).p, wanted);
	arena_release(&a);
}

/* ---- cases ---- */

static Str unescaped(Arena *a, Str s)
{
	Buf b = {0};
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], next = i + 1 < s.n ? s.p[i + 1] : 0;
		bool code = c == '\\' && (next == 'n' || next == 't' || next == 'r' || next == '\\');
		buf_putc(&b, !code ? c : next == 'n' ? '\n' : next == 't' ? '\t' : next == 'r' ? '\r' : '\\');
		i += code;
	}
	s = str_dup(a, buf_str(&b));
	buf_release(&b);
	return s;
}

static bool case_holds(Str template, Str json, Str wanted, LiquidEscape escape)
{
	Arena a = {0};
	Value data = NIL;
	Str why = {0};
	size_t offset;
	bool good, refused = str_starts(wanted, S("! "));
	Setting s = {.escape = escape};
	assert_true(str_eq(json, S("-")) || json_parse(json, &a, &data, &why, &offset));
	if (data.kind == V_MAP)
		map_get(data.map, S("$"), &s.files);
	Str got = run(&a, unescaped(&a, template), data, s, &good), rest = wanted;
	str_cut(&rest, ' ');
	bool held = good != refused && (refused ? str_find(got, rest) != SIZE_MAX : str_eq(got, unescaped(&a, rest)));
	if (!held)
		print_error("%.*s\n  wanted %.*s\n  got    %.*s\n", STR_ARG(template), STR_ARG(wanted), STR_ARG(got));
	arena_release(&a);
	return held;
}

static void check_file(const char *path, LiquidEscape escape, size_t at_least)
{
	Arena a = {0};
	Str text, line;
	int folder;
	size_t n = 0, failed = 0;
	assert_int_equal(disk_open_folder(".", &folder), 0);
	assert_int_equal(disk_read_arena(folder, str_of(path), DISK_LIMIT, &a, &text, NULL), 0);
	text = str_from(text, str_find(text, S("\n# ")) + 1); /* behind the card */
	while (text.n) {
		Str template = str_cut(&text, '\n');
		if (!template.n || str_starts(template, S("# ")))
			continue;
		line = str_cut(&text, '\n');
		failed += !case_holds(template, line, str_cut(&text, '\n'), escape);
		n++;
	}
	assert_int_equal(failed, 0);
	assert_true(n >= at_least);
	arena_release(&a);
}

static void plain_cases(void **state)
{
	(void)state;
	check_file("tests/unit/liquid/plain.cases", LIQUID_PLAIN, 300);
}
static void escape_cases(void **state)
{
	(void)state;
	check_file("tests/unit/liquid/escape.cases", LIQUID_HTML, 70);
}

static void other_kinds(void **state)
{
	(void)state;
	const char *data = "{\"x\": \"<a\\\"\\u0008&\\n>\"}";
	Setting xml = {.escape = LIQUID_XML}, json = {.escape = LIQUID_JSON};
	expect("<t>{{ x }}</t>{{ '<b/>' }}", data, xml, "<t>&lt;a&quot;&amp;\n&gt;</t><b/>");
	expect("\"{{ x }}\"", data, json, "\"\\u003ca\\\"\\u0008\\u0026\\n\\u003e\"");
	expect("{{ x | jsonify }}", data, json, "\"\\u003ca\\\"\\u0008\\u0026\\n\\u003e\"");
	expect("<script>{{ x }}</script>", "{\"x\": \"a\"}", xml, "<script>a</script>"); /* no script in XML */
}

/* Markup of one kind of output is text in another: a page's HTML is escaped in a feed. */
static void safe_by_kind(void **state)
{
	(void)state;
	Arena a = {0};
	Buf out = {0};
	Pair content = {S("content"), value_safe(S("<p>&amp;</p>"))};
	const struct {
		LiquidEscape kind;
		const char *wanted;
	} kinds[] = {
		{LIQUID_HTML, "<p>&amp;</p>"},
		{LIQUID_XML, "&lt;p&gt;&amp;amp;&lt;/p&gt;"},
		{LIQUID_JSON, "\\u003cp\\u003e\\u0026amp;\\u003c/p\\u003e"},
		{LIQUID_PLAIN, "<p>&amp;</p>"},
	};
	for (size_t i = 0; i < 4; i++) {
		Diags d = {0};
		Liquid *l = liquid_new(NULL);
		const LiquidTemplate *t =
			liquid_parse(l, (LiquidSource){.file = S("t"), .text = S("{{ content }}"), .escape = kinds[i].kind}, &d);
		LiquidJob job = {.globals = &content, .n_globals = 1, .arena = &a, .diags = &d};
		buf_clear(&out);
		assert_true(liquid_render(l, t, &job, &out));
		buf_putc(&out, 0);
		assert_string_equal(out.p, kinds[i].wanted);
		liquid_free(l);
		diags_release(&d);
	}
	buf_release(&out);
	arena_release(&a);
}

/* ---- the manual's examples ---- */

static const char manual_data[] = "{\"$\": {\"card\": \"<h2>{{ title }}</h2>\", \"card.html\": \"<h2>{{ include.title }}</h2>\", \"note.html\": \"<p>Checked in May.</p>\", "
				  "\"seo\": \"<title>{{ page.title }} · {{ site.title }}</title>\", \"feed_meta\": \"<link rel=\\\"alternate\\\" "
				  "type=\\\"application/atom+xml\\\" title=\\\"{{ site.title }}\\\" href=\\\"{{ '/feed.xml' | relative_url }}\\\">\"}, \"page\": {\"title\": \"Green steel\", \"lang\": \"en\"}, \"site\": {\"title\": \"Our Institute\", \"data\": {\"regions\": [{\"name\": \"Asia\"}, {\"name\": \"Europe\"}]}, \"url\": \"https://example.org\", "
				  "\"baseurl\": \"/archive\", \"briefs\": ["
				  "{\"title\": \"Green steel\", \"region\": \"Asia\", \"year\": 2024}, {\"title\": \"Carbon border\", "
				  "\"region\": \"Europe\", \"year\": 2024},"
				  "{\"title\": \"Ageing\", \"region\": \"Asia\", \"year\": 2023}]}}";

static void manual_examples(void **state)
{
	(void)state;
	const LiquidFilter *filters;
	const LiquidRow *tag;
	Liquid *l = liquid_new(NULL);
	size_t n = liquid_filter_rows(l, &filters);
	for (size_t i = 0; i < n; i++) {
		assert_true(filters[i].help && filters[i].example && filters[i].gives);
		assert_true(!i || str_cmp(filters[i - 1].name, filters[i].name) < 0);
		expect(filters[i].example, manual_data, (Setting){.escape = LIQUID_HTML}, filters[i].gives);
	}
	for (size_t i = 0; (tag = liquid_tag_row(i)); i++) {
		assert_true(tag->help && tag->example && tag->gives);
		expect(tag->example, manual_data, (Setting){.escape = LIQUID_HTML}, tag->gives);
	}
	liquid_free(l);
}

/* ---- layouts ---- */

static void layouts(void **state)
{
	(void)state;
	Arena a = {0};
	Diags d = {0};
	Buf out = {0};
	MapMaker files = {.arena = &a};
	map_put(&files, S("page"), value_str(S("---layout: inner\n{% assign x = 1 %}<i>{{ t }}</i>")));
	map_put(&files, S("inner"), value_str(S("---layout: outer\n[{{ content }}{{ x }}{{ layout.from }}]")));
	map_put(&files, S("outer"), value_str(S("({{ content }}{{ layout.from }}{{ layout.in_inner }}{{ layout.in_page }})")));
	map_put(&files, S("loop"), value_str(S("---layout: loop\n{{ content }}")));
	map_put(&files, S("lost"), value_str(S("---layout: outr\nx")));
	Setting setting = {.escape = LIQUID_HTML, .files = map_seal(&files)};
	LiquidHost host = {.user = &setting, .load = load};
	Liquid *l = liquid_new(&host);
	Pair t = {S("t"), value_str(S("<"))};
	LiquidJob job = {.globals = &t, .n_globals = 1, .arena = &a, .diags = &d};
	assert_true(liquid_render(l, liquid_load(l, LIQUID_LAYOUT, S("page"), S(""), &d), &job, &out));
	buf_putc(&out, 0);
	assert_string_equal(out.p, "([<i>&lt;</i>page]pagetruetrue)");
	assert_int_equal(d.n, 0);
	assert_false(liquid_render(l, liquid_load(l, LIQUID_LAYOUT, S("loop"), S(""), &d), &job, &out));
	assert_int_equal(d.n, 1);
	assert_true(str_starts(d.list[0].message, S("layouts are nested more than 32 deep: loop > loop")));
	assert_null(liquid_load(l, LIQUID_LAYOUT, S("lost"), S(""), &d));
	assert_true(str_eq(d.list[1].message, S("there is no layout 'outr'")) && d.list[1].line == 1);
	assert_null(liquid_load(l, LIQUID_LAYOUT, S("nothing"), S(""), &d));
	liquid_free(l);
	diags_release(&d);
	buf_release(&out);
	arena_release(&a);
}

/* ---- warnings of --strict ---- */

static void strict_warnings(void **state)
{
	(void)state;
	Setting strict = {.strict = true};
	expect("{{ titel }}", "{\"page\": {\"title\": \"t\"}}", strict, "\ntemplate:1:4: `titel` is not defined; nothing is printed");
	expect("{{ page.titel }}", "{\"page\": {\"title\": \"t\"}}", strict,
		"\ntemplate:1:4: `page.titel` is not defined; nothing is printed (did you mean `title`?)");
	expect("{% if a %}{% elsif b.c == 1 %}{% endif %}{% unless d %}{% endunless %}{{ e | default: 'x' }}{% case f %}{% when g %}{% "
	       "endcase %}",
		NULL, strict, "x");
	expect("{{ e | upcase }}{{ a.b.c }}", "{\"a\": {}}", strict,
		"\ntemplate:1:4: `e` is not defined; nothing is printed\ntemplate:1:20: `a.b.c` is not defined; nothing is printed");
	expect("{% assign x = y %}{{ x }}{% for i in (1..3) %}{{ i }}{{ z }}{% endfor %}", NULL, strict,
		"123\ntemplate:1:57: `z` is not defined; nothing is printed");
	expect("{{ titel }}", NULL, (Setting){0}, "");
	expect("{{ pgae.title }}", "{\"page\": {}}", strict,
		"\ntemplate:1:4: `pgae.title` is not defined; nothing is printed (did you mean `page`?)");
}

/* ---- several faults of one file ---- */

static void all_faults_at_once(void **state)
{
	(void)state;
	expect("{{ a | upcas }}\n{% fro x in y %}\n{{ b | plus }}\n{% if %}x{% endif %}\n{% for x in y %}", NULL, (Setting){0},
		"template:1:8: there is no filter `upcas` (did you mean `upcase`?)\n"
		"template:2:4: there is no tag `fro` (did you mean `for`?)\n"
		"template:3:8: `plus` takes exactly 1 argument, but has 0 (for instance {{ 10 | plus: 3 }})\n"
		"template:4:7: expected a value, found nothing more\n"
		"template:5:4: `for` is never closed by {% endfor %}");
	expect("{{ 1 | divided_by: 0 }}{{ 'x' | date_to_string }}{% if 'a' < 1 %}{% endif %}", NULL, (Setting){0},
		"template:1:8: divided by 0\ntemplate:1:33: 'x' is no date\ntemplate:1:56: a text cannot be compared with a number (a text "
		"becomes a number by | plus: 0)");
}

/* ---- limits ---- */

static double cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void limits(void **state)
{
	(void)state;
	Setting s = {.limits = {.depth = 3, .steps = 1000, .output = 1 << 20}};
	expect("{% for a in (1..50) %}{% for b in (1..50) %}.{% endfor %}{% endfor %}", NULL, s,
		"template:1:26: the page takes more than 1000 steps in loops and filters; it is not finished (loops within loops over long "
		"lists multiply; narrow the lists first)");
	expect("{% include 'a' %}", "{\"$\": {\"a\": \"{% include 'a' %}\"}}", s,
		"a:1:4: files are nested more than 3 deep: a > a (a file includes itself; give it a condition that ends)");
	expect("{% render 'a' %}", "{\"$\": {\"a\": \"{% render 'b' %}\", \"b\": \"{% render 'a' %}\"}}", s,
		"b:1:4: files are nested more than 3 deep: a > b > a (a file includes itself; give it a condition that ends)");
	s.limits = (LiquidLimits){.output = 1 << 20};
	expect("{% assign x = 'abcdefgh' %}{% for i in (1..40) %}{% assign x = x | append: x %}{% endfor %}", NULL, s,
		"template:1:68: a text grows beyond 1 MiB");
	expect("{% capture x %}abcdefgh{% endcapture %}{% for i in (1..40) %}{% capture x %}{{ x }}{{ x }}{% endcapture %}{% endfor %}",
		NULL, s, "template:1:87: the page grows beyond 1 MiB; it is not finished");
	expect("{% for i in (1..2000000000) %}12345678{% endfor %}", NULL, s,
		"template:1:4: the page grows beyond 1 MiB; it is not finished");
	expect("{{ (1..2000000000) | join }}", NULL, s,
		"template:1:22: the page takes more than 10000000 steps in loops and filters; it is not finished (loops within loops over "
		"long lists multiply; narrow the lists first)");
	expect("{{ 'aaaaaaaaaa' | date: '%99d%99d' | size }} {{ 'now' | date: '%9999999999d' }}", NULL, s, "10 now");
	expect("{% assign l = 'a' | split: ',' %}{% for i in (1..40) %}{% assign l = l | concat: l %}{% endfor %}", NULL, s,
		"template:1:74: the page takes more than 10000000 steps in loops and filters; it is not finished (loops within loops over "
		"long lists multiply; narrow the lists first)");
}

/* Every filter on a megabyte of trouble, in linear time. */
static void linear_filters(void **state)
{
	(void)state;
	Arena a = {0};
	const LiquidFilter *filters;
	Liquid *names = liquid_new(NULL);
	size_t n = liquid_filter_rows(names, &filters), length = 1 << 20;
	static const char *const stuff[] = {"<", "<!--", "&", "a ", "<script", "%2", "\n", "-", "\xe2\x82"};
	for (size_t k = 0; k < sizeof stuff / sizeof *stuff; k++) {
		Buf text = {0};
		while (text.n < length)
			buf_puts(&text, str_of(stuff[k]));
		Pair x = {S("x"), value_str(buf_str(&text))};
		for (size_t i = 0; i < n; i++) {
			if (filters[i].flags & LIQUID_LAMBDA)
				continue;
			Arena page = {0};
			Buf out = {0};
			Diags d = {0};
			Liquid *l = liquid_new(NULL);
			const char *args[] = {"", ": x", ": x, x"};
			Str t = str_printf(
				&page, "{{ x | %.*s%s | size }}", STR_ARG(filters[i].name), args[filters[i].min > 2 ? 2 : filters[i].min]);
			LiquidJob job = {.globals = &x, .n_globals = 1, .arena = &page, .diags = &d, .limits = {.output = (size_t)8 << 20}};
			double start = cpu();
			const LiquidTemplate *template = liquid_parse(l, (LiquidSource){.file = S("t"), .text = t}, &d);
			assert_non_null(template);
			liquid_render(l, template, &job, &out);
			if (cpu() - start > 1.5)
				fail_msg("%.*s takes %.2f s on a megabyte of '%s'", STR_ARG(filters[i].name), cpu() - start, stuff[k]);
			liquid_free(l);
			diags_release(&d);
			buf_release(&out);
			arena_release(&page);
		}
		buf_release(&text);
	}
	liquid_free(names);
	arena_release(&a);
}

static void deep_templates(void **state)
{
	(void)state;
	Arena a = {0};
	static const char *const pieces[] = {"{% if a %}", "{% for x in y %}", "{% case a %}{% when 1 %}", "{% capture a %}", "{{ a[",
		"{{ (1..", "{% comment %}", "{{ a | append: ", "{% if a == ", "{% liquid ", "{{", "{%", "{% raw %}"};
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		Buf text = {0};
		bool good;
		for (size_t k = 0; k < 20000; k++)
			buf_puts(&text, str_of(pieces[i]));
		Str said = run(&a, buf_str(&text), NIL, (Setting){.escape = LIQUID_HTML}, &good);
		assert_false(good);
		assert_true(said.n > 0);
		buf_release(&text);
		arena_reset(&a);
	}
	arena_release(&a);
}

/* Parsing and rendering as deep as allowed fit in the stack of a small machine. */
typedef struct Small {
	Arena arena;
	Str said;
	bool brackets_good;
} Small;

static void *on_small_stack(void *context)
{
	Small *small = context;
	Arena *a = &small->arena;
	Buf deep = {0}, brackets = {0};
	bool good;
	MapMaker files = {.arena = a};
	for (int i = 0; i < 99; i++)
		buf_lit(&deep, "{% for x in (1..2) %}");
	buf_lit(&deep, "{% include 'p' %}");
	for (int i = 0; i < 99; i++)
		buf_lit(&deep, "{% endfor %}");
	for (int i = 0; i < 99; i++)
		buf_lit(&brackets, "a[");
	map_put(&files, S("p"), value_str(buf_str(&deep)));
	Setting s = {.escape = LIQUID_HTML, .files = map_seal(&files)};
	small->said = run(a, buf_str(&deep), NIL, s, &good);
	run(a,
		str_printf(a, "{{ %.*s1%.*s }}", STR_ARG(buf_str(&brackets)), 99,
			"]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
		NIL, s, &small->brackets_good);
	buf_release(&deep);
	buf_release(&brackets);
	return NULL;
}

static void small_stack(void **state)
{
	pthread_attr_t attr;
	pthread_t thread;
	Small small = {0};
	(void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	size_t size = (size_t)4 << 20; /* their frames are many times as large */
#else
	size_t size = (size_t)256 << 10;
#endif
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, size);
	assert_int_equal(pthread_create(&thread, &attr, on_small_stack, &small), 0);
	pthread_join(thread, NULL);
	assert_string_equal(small.said.p, "p:1:2083: tags are nested more than 400 deep through the files that include each other");
	assert_true(small.brackets_good);
	arena_release(&small.arena);
	pthread_attr_destroy(&attr);
}

static void large_and_odd_files(void **state)
{
	(void)state;
	Arena a = {0};
	Buf text = {0};
	bool good;
	MapMaker files = {.arena = &a};
	while (text.n < (size_t)10 << 20)
		buf_lit(&text, "<p>{{ a.b | upcase }} text of a line {% if a %}x{% endif %}</p>\n");
	double start = cpu();
	run(&a, buf_str(&text), NIL, (Setting){.escape = LIQUID_HTML}, &good);
	assert_true(good && cpu() - start < 10);
	static const char *const repeated[] = {"{% raw %}", "{% doc %}", "{% comment %}", "{% liquid ", "{{ 'x", "{% include x"};
	static const char *const faulty[] = {"{{ a | nosuchfilter }}", "{% endif %}", "{% nosuchtag %}", "{% if %}", "{{ a b }}"};
	for (size_t i = 0; i < sizeof repeated / sizeof *repeated; i++) { /* never closed, a million times opened */
		buf_clear(&text);
		buf_puts(&text, str_of(repeated[i]));
		while (text.n < (size_t)1 << 20)
			buf_lit(&text, "{%");
		buf_lit(&text, "%}");
		start = cpu();
		run(&a, buf_str(&text), NIL, (Setting){.escape = LIQUID_HTML}, &good);
		assert_true(cpu() - start < 2);
	}
	for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++) {
		buf_clear(&text);
		while (text.n < (size_t)1 << 20)
			buf_puts(&text, str_of(faulty[i]));
		start = cpu();
		run(&a, buf_str(&text), NIL, (Setting){.escape = LIQUID_HTML}, &good);
		assert_true(!good && cpu() - start < 2);
	}
	for (int i = 0; i < 3000; i++) /* each names the next: read one after another */
		map_put(&files, str_printf(&a, "f%d", i),
			value_str(str_printf(&a, "{%% if x %%}{%% include 'f%d' %%}{%% endif %%}", (i + 1) % 3000)));
	run(&a, S("{% include 'f0' %}"), NIL, (Setting){.files = map_seal(&files)}, &good);
	assert_true(good);
	expect("\xEF\xBB\xBFtext", NULL, (Setting){0}, "text");
	expect("a\r\n{% liquid\r\n echo 1\r\n %}\r\n", NULL, (Setting){0}, "a\r\n1\r\n");
	assert_true(str_eq(run(&a, str_n("a\0b{{ 'c\0d' }}", 14), NIL, (Setting){0}, &good), str_n("a\0bc\0d", 6)));
	buf_release(&text);
	arena_release(&a);
}

/* Names that lead inside other engines lead nowhere here. */
static void no_internals(void **state)
{
	(void)state;
	expect("{{ x.__proto__ }}{{ x.constructor }}{{ x['prototype'] }}{{ l.constructor }}{{ s.length }}{{ s.class }}{{ x.methods }}{{ "
	       "l.push }}{{ forloop }}{{ s.to_liquid }}",
		"{\"x\": {}, \"l\": [1], \"s\": \"a\"}", (Setting){0}, "");
}

/* ---- the memo ---- */

typedef struct Shared {
	Liquid *engine;
	const LiquidTemplate *template;
	LiquidMemo *memo;
	Value data;
	Str wanted;
	_Atomic size_t wrong;
} Shared;

static void render_shared(void *context, size_t i, int worker)
{
	Shared *s = context;
	Arena page = {0};
	Buf out = {0};
	Diags d = {0};
	Pair own = {S("region"), value_str(i % 2 ? S("r1") : S("r2"))};
	LiquidJob job = {.globals = &own, .n_globals = 1, .data = s->data, .arena = &page, .diags = &d, .memo = s->memo};
	(void)worker;
	if (!liquid_render(s->engine, s->template, &job, &out) || out.n < s->wanted.n ||
		!str_eq(str_upto(buf_str(&out), s->wanted.n), s->wanted))
		s->wrong++;
	buf_release(&out);
	diags_release(&d);
	arena_release(&page);
}

static Value many_briefs(Arena *a, size_t n)
{
	Value *list = NEW_N(a, Value, n);
	for (size_t i = 0; i < n; i++) {
		MapMaker m = {.arena = a};
		map_put(&m, S("n"), value_int((int64_t)(i * 7919 % n)));
		map_put(&m, S("region"), value_str(str_printf(a, "r%zu", i % 5)));
		list[i] = map_seal(&m);
	}
	MapMaker site = {.arena = a}, data = {.arena = a};
	map_put(&site, S("briefs"), value_list(list, n));
	map_put(&data, S("site"), map_seal(&site));
	return map_seal(&data);
}

static void memo(void **state)
{
	(void)state;
	Arena a = {0};
	Diags d = {0};
	const LiquidMemoLine *lines;
	static const char text[] =
		"{{ site.briefs | where: 'region', 'r1' | sort: 'n' | map: 'n' | first }} "
		"{% assign g = site.briefs | group_by: 'region' %}{{ g.size }} {{ site.briefs | where_exp: 'b', 'b.n < 10' | size }}"
		"{{ site.briefs | where: 'region', region | map: 'region' | first }}{% assign own = '3,1,2' | split: ',' %}{{ own | sort | "
		"first }}";
	Shared s = {.engine = liquid_new(NULL), .memo = liquid_memo_new(0), .data = many_briefs(&a, 2000), .wanted = S("4 5 10r")};
	s.template = liquid_parse(s.engine, (LiquidSource){.file = S("t"), .text = str_of(text)}, &d);
	assert_non_null(s.template);
	Pool *pool = pool_new(4);
	double start = cpu();
	pool_run(pool, 400, render_shared, &s);
	double with = cpu() - start;
	assert_int_equal(s.wrong, 0);
	size_t n = liquid_memo_lines(s.memo, &a, &lines);
	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(lines[i].made + lines[i].reused, 400);
		assert_int_equal(lines[i].made, str_find(lines[i].chain, S(", region")) == SIZE_MAX ? 1 : 2);
	}
	liquid_memo_free(s.memo);
	s.memo = NULL;
	start = cpu();
	pool_run(pool, 40, render_shared, &s);
	assert_int_equal(s.wrong, 0);
	assert_true(with < (cpu() - start) * 10 / 2); /* the same work ten times, in less than half the time */
	pool_free(pool);
	liquid_free(s.engine);
	diags_release(&d);
	arena_release(&a);
}

/* A template used once lives where the caller says, and leaves nothing behind in the memo. */
static void used_once(void **state)
{
	(void)state;
	Arena site = {0}, page = {0};
	Diags d = {0};
	Buf out = {0};
	const LiquidMemoLine *lines;
	Liquid *l = liquid_new(NULL);
	LiquidMemo *m = liquid_memo_new(0);
	Value data = many_briefs(&site, 100);
	for (int i = 0; i < 3; i++) {
		arena_reset(&page);
		buf_clear(&out);
		Str text = str_printf(&page, "{{ site.briefs | sort: 'n' | %s | map: 'n' | first }}", i % 2 ? "reverse" : "uniq");
		const LiquidTemplate *t = liquid_parse_once(l, (LiquidSource){.file = S("t"), .text = text}, &page, &d);
		LiquidJob job = {.data = data, .arena = &page, .diags = &d, .memo = m};
		assert_true(t && liquid_render(l, t, &job, &out));
		assert_true(str_eq(buf_str(&out), i % 2 ? S("99") : S("0")));
	}
	assert_int_equal(liquid_memo_lines(m, &page, &lines), 0);
	liquid_memo_free(m);
	liquid_free(l);
	buf_release(&out);
	diags_release(&d);
	arena_release(&page);
	arena_release(&site);
}

/* A list that a page makes is not remembered: its address comes again with other items. */
static void memo_forgets_pages(void **state)
{
	(void)state;
	Arena page = {0};
	Diags d = {0};
	Buf out = {0};
	Liquid *l = liquid_new(NULL);
	LiquidMemo *m = liquid_memo_new(0);
	const LiquidTemplate *t = liquid_parse(l, (LiquidSource){.file = S("t"), .text = S("{{ list | sort | first }}")}, &d);
	for (int64_t k = 0; k < 3; k++) {
		arena_reset(&page);
		buf_clear(&out);
		Value *items = NEW_N(&page, Value, 64);
		for (int64_t i = 0; i < 64; i++)
			items[i] = value_int(100 + k + i);
		Pair list = {S("list"), value_list(items, 64)};
		LiquidJob job = {.globals = &list, .n_globals = 1, .arena = &page, .diags = &d, .memo = m};
		assert_true(liquid_render(l, t, &job, &out));
		buf_putc(&out, 0);
		assert_int_equal(strtol(out.p, NULL, 10), 100 + k);
	}
	liquid_memo_free(m);
	liquid_free(l);
	buf_release(&out);
	diags_release(&d);
	arena_release(&page);
}

/* ---- a host's rows ---- */

static Value shout(LiquidCall *c)
{
	return value_str(
		str_join(c->arena, liquid_text(c->render, c->in), liquid_truthy(liquid_named(c, S("twice"))) ? S("!!") : *(Str *)c->user));
}

static Value link_tag(LiquidCall *c, Str words)
{
	if (!str_eq(words, S("a b")))
		liquid_fail(c, "no '%.*s'", STR_ARG(words));
	return value_str(S("<link>"));
}

static void host_rows(void **state)
{
	(void)state;
	Arena a = {0};
	Diags d = {0};
	Buf out = {0};
	static const LiquidFilter filters[] = {{STR_INIT("upcase"), 0, 0, 0, shout, "twice", "Ours.", "{{ x | upcase }}", NULL}};
	static const LiquidTag tags[] = {{STR_INIT("link"), link_tag, "A link.", "{% link a %}", NULL}};
	LiquidHost host = {.filters = filters, .n_filters = 1, .tags = tags, .n_tags = 1};
	Liquid *l = liquid_new(&host);
	Str end = S("!");
	LiquidJob job = {.arena = &a, .diags = &d, .user = &end};
	const LiquidTemplate *t = liquid_parse(l,
		(LiquidSource){.file = S("t"),
			.text = S("{{ 'a' | upcase }}{{ 'a' | upcase: twice: true }}{% link a {{ 'b' }} %}"),
			.escape = LIQUID_HTML},
		&d);
	assert_non_null(t);
	assert_true(liquid_render(l, t, &job, &out));
	buf_putc(&out, 0);
	assert_string_equal(out.p, "a!a!!&lt;link&gt;");
	liquid_free(l);
	buf_release(&out);
	diags_release(&d);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_cases),
		cmocka_unit_test(escape_cases),
		cmocka_unit_test(other_kinds),
		cmocka_unit_test(safe_by_kind),
		cmocka_unit_test(manual_examples),
		cmocka_unit_test(layouts),
		cmocka_unit_test(strict_warnings),
		cmocka_unit_test(all_faults_at_once),
		cmocka_unit_test(limits),
		cmocka_unit_test(linear_filters),
		cmocka_unit_test(deep_templates),
		cmocka_unit_test(no_internals),
		cmocka_unit_test(small_stack),
		cmocka_unit_test(large_and_odd_files),
		cmocka_unit_test(memo),
		cmocka_unit_test(memo_forgets_pages),
		cmocka_unit_test(used_once),
		cmocka_unit_test(host_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
