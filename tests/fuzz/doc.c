/* Any bytes as a brief's text. What must hold: the tree is a tree; the HTML's tags close where they opened; read
 * by another parser it holds only elements, attributes and addresses that a cleaned text may have. */
#include "doc/doc.h"
#include "../html5.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	doc_init();
	return 0;
}

#define must(holds) must_at(holds, __LINE__)
static void must_at(bool holds, int line)
{
	if (!holds) {
		fprintf(stderr, "line %d\n", line);
		abort();
	}
}

static void check_tree(const Doc *d)
{
	must(d->nodes_n >= 1 && d->nodes[0].kind == DOC_ROOT && d->nodes[0].end == d->nodes_n);
	for (uint32_t i = 1; i < d->nodes_n; i++) {
		const DocNode *n = d->nodes + i, *parent = d->nodes + n->parent;
		must(n->parent < i && n->end > i && n->end <= parent->end);
		if (n->kind == DOC_IMAGE || (n->kind == DOC_LINK && n->end > i) || n->kind == DOC_HTML_URL)
			must(n->ref < d->links_n);
		if (n->kind == DOC_HEADING && !(n->flags & DOC_DROPPED))
			must(n->ref < d->headings_n && d->headings[n->ref].id.n > 0);
	}
	must(d->characters <= d->words);
}

static bool is_void(Str name)
{
	static const Str list[] = {STR_INIT("br"), STR_INIT("col"), STR_INIT("hr"), STR_INIT("img"), STR_INIT("input"), STR_INIT("source"), STR_INIT("track"), STR_INIT("wbr")};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (str_eq(name, list[i]))
			return true;
	return false;
}

static void check_balance(Str s)
{
	static Str open[100000];
	size_t n = 0;
	for (size_t i = 0; i < s.n;) {
		size_t at = str_find_char(str_from(s, i), '<');
		if (at == SIZE_MAX)
			break;
		i += at + 1;
		bool end = i < s.n && s.p[i] == '/';
		i += end;
		size_t from = i;
		while (i < s.n && ((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9')))
			i++;
		Str name = str_n(s.p + from, i - from);
		must(name.n > 0);
		while (i < s.n && s.p[i] != '>') {
			if (s.p[i] == '"') {
				size_t quote = str_find_char(str_from(s, i + 1), '"');
				must(quote != SIZE_MAX);
				i += quote + 1;
			}
			i++;
		}
		must(i < s.n);
		if (end) {
			must(n > 0 && str_eq(open[n - 1], name));
			n--;
		} else if (!is_void(name)) {
			must(n < sizeof open / sizeof *open);
			open[n++] = name;
		}
	}
	must(n == 0);
}

static bool check_event(void *user, const HtmlEvent *e)
{
	static const Str never[] = {STR_INIT("script"), STR_INIT("style"), STR_INIT("iframe"), STR_INIT("object"), STR_INIT("embed"), STR_INIT("svg"),
	                            STR_INIT("math"), STR_INIT("base"), STR_INIT("meta"), STR_INIT("link"), STR_INIT("form"), STR_INIT("textarea"),
	                            STR_INIT("template"), STR_INIT("noscript"), STR_INIT("title")};
	(void)user;
	if (e->kind != HTML_OPEN)
		return true;
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		must(!str_eq(e->name, never[i]));
	for (size_t i = 0; i < e->n; i++) {
		Str name = e->attributes[i].name;
		must(!str_starts(name, S("on")) && !str_eq(name, S("style")) && !str_eq(name, S("srcdoc")) && !str_eq(name, S("formaction")));
		if (str_eq(name, S("href")) || str_eq(name, S("src")) || str_eq(name, S("poster")))
			must(doc_url_allowed(e->attributes[i].value));
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	static const Str langs[] = {STR_INIT("en"), STR_INIT("fr"), STR_INIT("ko"), STR_INIT("de")};
	DocRules rules = {.lang = langs[data[0] & 3], .html = (DocRawHtml)(data[0] & 8 ? DOC_HTML_OFF : DOC_HTML_CLEAN)};
	DocHtml how = {.prefix = data[0] & 16 ? S("p-") : S(""), .bare = data[0] & 32};
	Arena a = {0};
	Diags diags = {0};
	Buf out = {0};
	Doc *d = doc_parse(S("fuzz.md"), str_n((const char *)data + 1, size - 1), 5, &rules, &a, &diags);
	check_tree(d);
	doc_html(d, &how, &a, &out);
	check_balance(buf_str(&out));
	html5_walk(buf_str(&out), check_event, NULL);
	buf_clear(&out);
	doc_toc(d, how.prefix, 4, &out);
	check_balance(buf_str(&out));
	doc_text(d, &out);
	doc_excerpt(d->lead, &a);
	doc_excerpt(str_n((const char *)data, size), &a);
	diags_sort(&diags);
	diags_print(&diags, &out, true, DIAG_NOTICE);
	diags_release(&diags);
	buf_release(&out);
	arena_release(&a);
	return 0;
}
