/* A brief's text: what it becomes in HTML, what is counted in it, what is said about it. Every expectation is
 * written by hand from the rule it tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "doc/doc.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static Arena arena;

typedef struct Case {
	const char *name, *markdown, *html;
} Case;

static Str html_of(const char *markdown, const DocRules *rules, const DocHtml *how, Diags *d)
{
	Buf out = {0};
	doc_html(doc_parse(S("x.md"), str_of(markdown), 1, rules, &arena, d), how, &arena, &out);
	Str s = str_dup(&arena, buf_str(&out));
	buf_release(&out);
	return s;
}

static void run_cases(const Case *cases, size_t n, const DocRules *rules, const DocHtml *how)
{
	for (size_t i = 0; i < n; i++) {
		Str got = html_of(cases[i].markdown, rules, how, NULL);
		if (!str_eq(got, str_of(cases[i].html)))
			fail_msg("%s:\n got: %s\nwant: %s", cases[i].name, got.p, cases[i].html);
	}
}

#define RUN(cases, rules, how) run_cases(cases, sizeof(cases) / sizeof *(cases), rules, how)

static void html(void **state)
{
	static const Case cases[] = {
		{"escape", "a < b & \"c\" > d", "<p>a &lt; b &amp; “c” &gt; d</p>\n"},
		{"heading one moves down", "# A\n\n## B", "<h2 id=\"a\">A</h2>\n<h3 id=\"b\">B</h3>\n"},
		{"headings stay without one", "## A", "<h2 id=\"a\">A</h2>\n"},
		{"heading's own id", "## A b {#c}", "<h2 id=\"c\">A b</h2>\n"},
		{"ids: native scripts, punctuation, twice", "## 한국 경제: 전망\n\n## It's & *new*\n\n## A\n\n## A",
		 "<h2 id=\"한국-경제-전망\">한국 경제: 전망</h2>\n<h2 id=\"its--new\">It’s &amp; <em>new</em></h2>\n<h2 id=\"a\">A</h2>\n<h2 id=\"a-1\">A</h2>\n"},
		{"ids: no letters, and a template's own", "## !!\n\n## Content\n\n## fn-1",
		 "<h2 id=\"section\">!!</h2>\n<h2 id=\"s-content\">Content</h2>\n<h2 id=\"s-fn-1\">fn-1</h2>\n"},
		{"empty heading", "##\n\na", "<p>a</p>\n"},
		{"struck", "~~a *b* c~~ ~~ d ~~ e~~f~~g ~~h", "<p><s>a <em>b</em> c</s> ~~ d ~~ e<s>f</s>g ~~h</p>\n"},
		{"struck does not cross", "*a ~~b* c~~", "<p><em>a ~~b</em> c~~</p>\n"},
		{"tight and loose", "- a\n- b\n\n1. c\n\n   d\n", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol>\n<li><p>c</p>\n<p>d</p>\n</li>\n</ol>\n"},
		{"tasks", "- [ ] a\n- [x] b", "<ul class=\"tasks\">\n<li class=\"task\"><label><input type=\"checkbox\" disabled> a</label></li>\n"
		 "<li class=\"task\"><label><input type=\"checkbox\" disabled checked> b</label></li>\n</ul>\n"},
		{"box", "> [!NOTE] A *t*\n> b", "<div class=\"box box-note\" role=\"note\">\n<p class=\"box-title\">A <em>t</em></p>\n<p>b</p>\n</div>\n"},
		{"box without title", "> [!Key]\n> b\n>\n> c", "<div class=\"box box-key\" role=\"note\">\n<p>b</p>\n<p>c</p>\n</div>\n"},
		{"no box", "> [!] a\n\n> b [!NOTE]", "<blockquote>\n<p>[!] a</p>\n</blockquote>\n<blockquote>\n<p>b [!NOTE]</p>\n</blockquote>\n"},
		{"figure", "![a \"b\"](c d.png \"C | credit: D | source: E\")", "<p>![a “b”](c d.png “C | credit: D | source: E”)</p>\n"},
		{"figure with caption", "![a \"b\"](<c d.png> \"C | credit: D | source: E\")",
		 "<figure>\n<img src=\"c%20d.png\" alt=\"a “b”\">\n<figcaption>C <span class=\"figure-credit\">Credit: D</span> <span class=\"figure-source\">Source: E</span></figcaption>\n</figure>\n"},
		{"picture in words, second is lazy", "a ![b](c.png \"t\") ![d](e.png)",
		 "<p>a <img src=\"c.png\" alt=\"b\" title=\"t\"> <img src=\"e.png\" alt=\"d\" loading=\"lazy\"></p>\n"},
		{"card", "[Talk](https://youtu.be/abc)", "<p class=\"card card-video\"><a href=\"https://youtu.be/abc\" rel=\"external\"><span class=\"card-title\">Talk</span> <span class=\"card-host\">Video · youtu.be</span></a></p>\n"},
		{"no card beside words", "See <https://youtu.be/abc>", "<p>See <a href=\"https://youtu.be/abc\" rel=\"external\">https://youtu.be/abc</a></p>\n"},
		{"narrow table", "| a | b |\n|:-|-:|\n| 1 | |", "<table>\n<thead>\n<tr><th scope=\"col\" class=\"align-left\">a</th><th scope=\"col\" class=\"align-right\">b</th></tr>\n</thead>\n"
		 "<tbody>\n<tr><td class=\"align-left\">1</td><td class=\"align-right\"></td></tr>\n</tbody>\n</table>\n"},
		{"wide table", "## H\n\n|a|b|c|d|e|\n|-|-|-|-|-|\n", "<h2 id=\"h\">H</h2>\n<section class=\"table-scroll\" tabindex=\"0\" aria-label=\"Table 1: H\">\n<table>\n<thead>\n"
		 "<tr><th scope=\"col\">a</th><th scope=\"col\">b</th><th scope=\"col\">c</th><th scope=\"col\">d</th><th scope=\"col\">e</th></tr>\n</thead>\n</table>\n</section>\n"},
		{"code", "```c++ x\na<b\n```\n\n    d", "<pre tabindex=\"0\"><code class=\"language-c++\">a&lt;b\n</code></pre>\n<pre tabindex=\"0\"><code>d\n</code></pre>\n"},
		{"bad bytes", "a\xff" "b\xed\xa0\x80", "<p>a\xEF\xBF\xBD" "b\xEF\xBF\xBD</p>\n"},
		{"control characters", "a\x08" "b\x1b[2J \x7f", "<p>a b [2J</p>\n"},
		{"control characters by reference", "a&#8;b&#x1b;[2J&#127; `c`", "<p>ab[2J <code>c</code></p>\n"},
		{"template syntax is text", "{{ a | b }} {% c %}", "<p>{{ a | b }} {% c %}</p>\n"},
		{"schemes", "[a](javascript:x) [b](JaVa\tScript:y) [c](data:text/html,z) [d](tel:1) [e](<\x01vbscript:z>) [f](blob:q) [g](//h)",
		 "<p>a [b](JaVa\tScript:y) c <a href=\"tel:1\">d</a> e f <a href=\"//h\" rel=\"external\">g</a></p>\n"},
	};
	(void)state;
	RUN(cases, NULL, NULL);
}

static void notes(void **state)
{
	static const Case cases[] = {
		{"notes", "a[^x] b[^y] c[^x]\n\n[^y]: Y\n[^x]: X\n[^z]: unused\n",
		 "<p>a<sup class=\"note-ref\"><a href=\"#p-fn-1\" id=\"p-fnref-1\" role=\"doc-noteref\" aria-label=\"Note 1\">1</a></sup>"
		 " b<sup class=\"note-ref\"><a href=\"#p-fn-2\" id=\"p-fnref-2\" role=\"doc-noteref\" aria-label=\"Note 2\">2</a></sup>"
		 " c<sup class=\"note-ref\"><a href=\"#p-fn-1\" id=\"p-fnref-1-2\" role=\"doc-noteref\" aria-label=\"Note 1\">1</a></sup></p>\n"
		 "<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"Notes\">\n<ol>\n"
		 "<li id=\"p-fn-1\"><p>X <a href=\"#p-fnref-1\" role=\"doc-backlink\" aria-label=\"Back to reference 1\">↩</a>"
		 " <a href=\"#p-fnref-1-2\" role=\"doc-backlink\" aria-label=\"Back to reference 1 (2)\">↩</a></p>\n</li>\n"
		 "<li id=\"p-fn-2\"><p>Y <a href=\"#p-fnref-2\" role=\"doc-backlink\" aria-label=\"Back to reference 2\">↩</a></p>\n</li>\n</ol>\n</section>\n"},
		{"headings and links to them", "## A\n\n[a](#a)", "<h2 id=\"p-a\">A</h2>\n<p><a href=\"#p-a\">a</a></p>\n"},
	};
	(void)state;
	RUN(cases, NULL, &(DocHtml){.prefix = S("p-")});
}

static void addresses(void **state)
{
	static const Case cases[] = {
		{"www", "www.a.org/b.", "<p><a href=\"http://www.a.org/b\" rel=\"external\">www.a.org/b</a>.</p>\n"},
		{"brackets", "(https://a.org/b_(c)) x", "<p>(<a href=\"https://a.org/b_(c)\" rel=\"external\">https://a.org/b_(c)</a>) x</p>\n"},
		{"entity at the end", "https://a.org?b=c&copy; d", "<p><a href=\"https://a.org?b=c\" rel=\"external\">https://a.org?b=c</a>© d</p>\n"},
		{"ampersand", "https://a.org?b&c=d", "<p><a href=\"https://a.org?b&amp;c=d\" rel=\"external\">https://a.org?b&amp;c=d</a></p>\n"},
		{"mail", "a.b+c@d-e.org. x@y @z.org", "<p><a href=\"mailto:a.b+c@d-e.org\">a.b+c@d-e.org</a>. x@y @z.org</p>\n"},
		{"six bytes that read out of bounds in the library", ":a@b.c", "<p>:<a href=\"mailto:a@b.c\">a@b.c</a></p>\n"},
		{"not in words", "xhttp://a.org awww.b.org", "<p>xhttp://a.org awww.b.org</p>\n"},
		{"not in links or code", "[https://a.org](b) `www.c.org`", "<p><a href=\"b\">https://a.org</a> <code>www.c.org</code></p>\n"},
		{"no typography inside", "https://a.org/b--c \"d\"", "<p><a href=\"https://a.org/b--c\" rel=\"external\">https://a.org/b--c</a> “d”</p>\n"},
		{"Korean particle", "https://a.org/b를 보라", "<p><a href=\"https://a.org/b\" rel=\"external\">https://a.org/b</a>를 보라</p>\n"},
		{"Korean path", "https://a.org/한국", "<p><a href=\"https://a.org/%ED%95%9C%EA%B5%AD\" rel=\"external\">https://a.org/한국</a></p>\n"},
		{"Chinese stop", "见https://a.org/b。", "<p>见<a href=\"https://a.org/b\" rel=\"external\">https://a.org/b</a>。</p>\n"},
	};
	(void)state;
	RUN(cases, NULL, NULL);
}

static void typography(void **state)
{
	static const struct { const char *lang, *text, *want; } cases[] = {
		{"en", "\"a 'b' c\" it's '90s 5'10\" a--b---c ... ---- --x", "“a ‘b’ c” it’s ’90s 5'10\" a–b—c … ---- --x"},
		{"fr", "\"a\" b ! c: d", "«\u202Fa\u202F» b\u202F! c: d"},
		{"de", "\"a 'b'\"", "„a ‚b‘“"},
		{"sv-SE", "\"a\"", "”a”"},
		{"ko", "\"가\"라고", "“가”라고"},
		{"ru", "\"a\"", "«a»"},
		{"xx", "\"a\"", "“a”"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(str_c(&arena, doc_smart(str_of(cases[i].text), str_of(cases[i].lang), &arena)), cases[i].want);
}

static void raw(void **state)
{
	static const Case cases[] = {
		{"allowed", "<div class=\"a\" title='b\"c'>\n\nd\n\n</div>", "<div class=\"a\" title=\"b&quot;c\">\n<p>d</p>\n</div>\n"},
		{"attributes", "a <b onclick=\"x\" style='y' lang=ko>c</b>", "<p>a <b lang=\"ko\">c</b></p>\n"},
		{"script in words", "a <script>alert(1)</script> b", "<p>a  b</p>\n"},
		{"script over blocks", "<div><script>\n\nalert *1*\n\n</script></div>\n\nb", "<div><p>b</p>\n</div>"},
		{"script without end is text", "a <script>b", "<p>a b</p>\n"},
		{"unclosed", "- <b>a\n- c\n\n<div>", "<ul>\n<li><b>a</b></li>\n<li>c</li>\n</ul>\n<div>\n</div>"},
		{"cannot break out", "> </blockquote></div></main>a", "<blockquote>\na\n</blockquote>\n"},
		{"wrong order", "a <b><i>c</b></i> d", "<p>a <b><i>c</i></b> d</p>\n"},
		{"paragraph ends before block", "<p>a\n\n- b", "<p>a\n</p>\n<ul>\n<li>b</li>\n</ul>\n"},
		{"cells", "<table><tr><td>a<td colspan=2 rowspan=x>b</table>", "<table><tr><td>a</td><td colspan=\"2\">b</td></tr></table>\n"},
		{"stray cell", "<td>a</td>", "a\n"},
		{"link", "<a href=\"b.md\" target=_blank>c</a>", "<p><a href=\"b.md\">c</a></p>\n"},
		{"scheme in link", "<a href=\"java&#x0A;script:x\">c</a>", "<p>c</p>\n"},
		{"no link in link", "[a <a href=x>b</a>](y) <a href=z>c [d](e)</a>", "<p><a href=\"y\">a b</a> <a href=\"z\">c d</a></p>\n"},
		{"picture", "<img src=\"a.png\" width=\"10\" height=20 onerror=x>", "<img src=\"a.png\" alt=\"\" width=\"10\" height=\"20\">\n"},
		{"id of a template", "a <i id=\"main\">b</i> <i id=\"c\">d</i> <i id=c>e</i>", "<p>a <i>b</i> <i id=\"c\">d</i> <i>e</i></p>\n"},
		{"comment", "a <!-- b --> c", "<p>a  c</p>\n"},
		{"references", "<div>&lt;b&gt; &amp; &copy; < d</div>", "<div>&lt;b&gt; &amp; © &lt; d</div>\n"},
		{"struck does not cross", "~~a <b>b~~ c</b>", "<p>~~a <b>b~~ c</b></p>\n"},
		{"headings", "<h1>A <i>b</i></h1>\n<h2 id=\"c\" class=x>D</h2>\n<h2></h2>", "<h2 id=\"a-b\">A <i>b</i></h2>\n<h3 id=\"c\">D</h3>\n"},
		{"svg", "a <svg><path onload=x/></svg>b", "<p>a b</p>\n"},
	};
	static const Case off[] = {{"off", "<div>a</div>\n\nb <i>c</i>", "<p>b c</p>\n"}};
	static const Case trusted[] = {{"trusted", "<div onclick=x><a class=\"y\" href=\"b c\">d</a></div>", "<div onclick=x><a class=\"y\" href=\"b%20c\">d</a></div>\n"}};
	(void)state;
	RUN(cases, NULL, NULL);
	RUN(off, &(DocRules){.html = DOC_HTML_OFF}, NULL);
	RUN(trusted, &(DocRules){.html = DOC_HTML_TRUSTED}, NULL);
}

static void dropped_is_said(void **state)
{
	Diags d = {0};
	Buf out = {0};
	(void)state;
	html_of("a <font>b</font>\n\nc <font>d</font> <i onclick=e>f</i>\n\n[g](javascript:h)\n\n##\n", NULL, NULL, &d);
	diags_sort(&d);
	diags_print(&d, &out, false, DIAG_NOTICE);
	buf_putc(&out, '\0');
	assert_int_equal(d.n, 4);
	assert_non_null(strstr(out.p, "x.md:1: warning: <font> was left out, here and on line 3"));
	assert_non_null(strstr(out.p, "x.md:3: warning: the attribute onclick of <i> was left out"));
	assert_non_null(strstr(out.p, "x.md:5:1: warning: the address javascript:h is not one that a page may carry"));
	assert_non_null(strstr(out.p, "x.md:7: warning: this heading has no words"));
	buf_release(&out);
	diags_release(&d);
}

static DocTarget answer(void *user, const DocLink *l, Arena *page)
{
	(void)user;
	(void)page;
	if (str_eq(l->target, S("broken.md")))
		return (DocTarget){.state = DOC_BROKEN};
	if (str_eq(l->target, S("secret.md")) || str_eq(l->target, S("secret.png")))
		return (DocTarget){.state = DOC_WITHHELD, .href = S("/secret/")};
	if (str_eq(l->target, S("bad.md")))
		return (DocTarget){.href = S("javascript:x")};
	return (DocTarget){.href = S("/a/b/"), .width = 3, .height = 4};
}

static bool box(void *user, Str word, Str title, Str body, Buf *out)
{
	(void)user;
	if (!str_eq(word, S("note")))
		return false;
	buf_printf(out, "[%.*s|%.*s]", STR_ARG(title), STR_ARG(body));
	return true;
}

static void callbacks(void **state)
{
	static const Case cases[] = {
		{"links", "[a](x.md) [b](broken.md) [c](secret.md \"t\") [d](bad.md)", "<p><a href=\"/a/b/\">a</a> <span class=\"link-broken\">b</span> c d</p>\n"},
		{"raw links", "<a href=\"secret.md\" title=\"t\">c</a>", "<p>c</p>\n"},
		{"pictures", "![a](x.png)\n\n![alt](secret.png \"caption\")", "<figure>\n<img src=\"/a/b/\" alt=\"a\" width=\"3\" height=\"4\">\n</figure>\n"},
		{"boxes", "> [!NOTE] t\n> > [!OTHER]\n> > b", "[t|\n<div class=\"box box-other\" role=\"note\">\n<p>b</p>\n</div>\n]\n"},
	};
	(void)state;
	RUN(cases, NULL, (&(DocHtml){.resolve = answer, .box = box}));
}

static void facts(void **state)
{
	Doc *d = doc_parse(S("x.md"), S("## A\n\nOne *two*three four [five](a.md \"t\")\nand ![six](b.png).\n\n- [x](c.md)\n\n> 가나 다 [링크](d.md) 中文字 www.e.org\n\n[^1]: n\n"), 10,
	                   NULL, &arena, NULL);
	(void)state;
	assert_int_equal(d->headings_n, 1);
	assert_int_equal(d->headings[0].line, 10);
	assert_string_equal(str_c(&arena, d->lead), "One twothree four five and six.");
	static const struct { DocLinkKind kind; uint32_t line, column; const char *target, *text; } want[] = {
		{DOC_LINK_TEXT, 12, 21, "a.md", "five"}, {DOC_LINK_IMAGE, 13, 5, "b.png", "six"}, {DOC_LINK_TEXT, 15, 3, "c.md", "x"},
		{DOC_LINK_TEXT, 17, 8, "d.md", "링크"}, {DOC_LINK_AUTO, 17, 23, "http://www.e.org", "www.e.org"},
	};
	assert_int_equal(d->links_n, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(d->links[i].kind, want[i].kind);
		assert_int_equal(d->links[i].line, want[i].line);
		assert_int_equal(d->links[i].column, want[i].column);
		assert_string_equal(str_c(&arena, d->links[i].target), want[i].target);
		assert_string_equal(str_c(&arena, d->links[i].text), want[i].text);
	}
	/* A | One twothree four five and six | x | 가나 다 링크 + 3 characters + an address */
	assert_int_equal(d->words, 1 + 6 + 1 + 3 + 3 + 1);
	assert_int_equal(d->characters, 3);
	assert_int_equal(d->minutes, 1);
	Buf out = {0};
	doc_text(d, &out);
	buf_putc(&out, '\0');
	assert_string_equal(out.p, "A\nOne twothree four five and six.\nx\n가나 다 링크 中文字 www.e.org\n");
	buf_release(&out);
}

static void contents(void **state)
{
	Buf out = {0};
	(void)state;
	doc_toc(doc_parse(S("x"), S("## A\n\n#### B\n\n### C\n\n## D\n\n##### E"), 1, NULL, &arena, NULL), S("p-"), 4, &out);
	buf_putc(&out, '\0');
	assert_string_equal(out.p, "\n<ul>\n<li><a href=\"#p-a\">A</a>\n<ul>\n<li><a href=\"#p-b\">B</a></li>\n<li><a href=\"#p-c\">C</a></li>\n</ul></li>\n"
	                           "<li><a href=\"#p-d\">D</a></li>\n</ul>\n");
	buf_clear(&out);
	doc_toc(doc_parse(S("x"), S("## A"), 1, NULL, &arena, NULL), S(""), 4, &out);
	assert_int_equal(out.n, 0);
	buf_release(&out);
}

static void counting(void **state)
{
	static const struct { const char *text; uint32_t words, characters; } cases[] = {
		{"", 0, 0}, {"one", 1, 0}, {"state-of-the-art don't 3.5 (x) - & …", 4, 0}, {"한국어는 띄어쓰기로 센다.", 3, 0}, {"中文字，很好。", 5, 5},
		{"カナ漢字", 4, 4}, {"GDP增长", 3, 2}, {"a–b c — d", 3, 0}, {"naïve café", 2, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t characters, words = doc_words(str_of(cases[i].text), &characters);
		if (words != cases[i].words || characters != cases[i].characters)
			fail_msg("%s: %u words, %u characters", cases[i].text, words, characters);
	}
	assert_int_equal(doc_minutes(0, 0), 0);
	assert_int_equal(doc_minutes(10, 0), 1);
	assert_int_equal(doc_minutes(2300, 0), 10);
	assert_int_equal(doc_minutes(5000, 5000), 10);
}

/* The dull twin: a word is a run without spaces that holds a letter or digit. */
static uint32_t slow_words(Str s)
{
	uint32_t words = 0;
	bool in = false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c < 0;
		words += letter && !in;
		in = (in || letter) && c != ' ' && c != '\n';
	}
	return words;
}

static void counting_fast(void **state)
{
	static const char *const pieces[] = {"a", "word", " ", "  ", "(", "\"x", "-", " - ", ".", "é", "\n", "longerword", "가나", "&", "3.5", " ("};
	uint32_t seed = 3;
	(void)state;
	for (int round = 0; round < 20000; round++) {
		Buf b = {0};
		for (int i = 0; i < 40; i++) {
			seed = seed * 1664525 + 1013904223;
			buf_puts(&b, str_of(pieces[(seed >> 10) % (round % 2 ? 16 : 9)]));
		}
		uint32_t got = doc_words(buf_str(&b), NULL), want = slow_words(buf_str(&b));
		if (got != want)
			fail_msg("%u words, not %u: %.*s", got, want, STR_ARG(buf_str(&b)));
		buf_release(&b);
	}
}

static void excerpts(void **state)
{
	static const char thirty[] = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30";
	Buf text = {0};
	(void)state;
	assert_string_equal(str_c(&arena, doc_excerpt(str_of(thirty), &arena)), thirty);
	Str cut = doc_excerpt(str_join(&arena, str_of(thirty), S("\n\n 31 32")), &arena);
	assert_string_equal(str_c(&arena, cut), str_c(&arena, str_join(&arena, str_of(thirty), S(" […]"))));
	for (int i = 0; i < 60; i++)
		buf_lit(&text, "字");
	assert_true(str_eq(doc_excerpt(buf_str(&text), &arena), buf_str(&text)));
	buf_lit(&text, "末");
	cut = doc_excerpt(buf_str(&text), &arena);
	assert_int_equal(cut.n, 60 * 3 + 6);
	assert_true(str_ends(cut, S("字 […]")));
	buf_clear(&text);
	for (int i = 0; i < 40; i++)
		buf_lit(&text, "가나 ");
	cut = doc_excerpt(buf_str(&text), &arena);
	assert_int_equal(cut.n, 40 * 3 + 19 + 6); /* 60 characters of which 20 are spaces, the last of them trimmed */
	buf_release(&text);
}

/* ---- What the library cannot take ---- */

typedef struct Sample {
	const char *name, *head, *a, *middle, *b, *tail;
} Sample;

static const Sample samples[] = {
	{"pictures", "", "![[]()", "", "", ""}, {"declarations", "", "a<!A ", "", "", ""}, {"cdata", "", "a<![CDATA[", "", "", ""},
	{"quotes and marks", "", ">", "", "a*", ""}, {"lists and blank lines", "", "- ", "x", "\n", ""}, {"list in quote", "> ", "- ", "x\n", ">\n", ""},
	{"lazy lines", "", ">", "a\n", "b\n", ""}, {"bars", "", "_", "a", "_", ""}, {"wide table", "", "|x", "\n|-\n", "|a\n", ""},
	{"heads", "", "|\n|-\n", "", "", ""}, {"marks", "", "*a ", "", "_a*_ ", ""}, {"items", "", "1. a\n", "", "", ""}, {"brackets", "", "[", "a", "]", ""},
	{"links in words", "", "**x [a*b**c*](d)", "", "", ""}, {"mail", "", "a@", "", "", ""}, {"tags", "<div>\n", "<a href=\"", "", "", ""},
	{"open elements", "", "a<b>", "", "", ""}, {"struck", "", "~~a", "", "", ""}, {"references", "", "[a]: /b\n", "\n", "[a] ", ""}, {"quote marks", "", "\"a '", "", "", ""},
	{"same headings", "", "# a\n", "", "", ""}, {"notes", "", "[^a]", "", "", "\n\n[^a]: b\n"},
};

static Str sample_text(const Sample *s, size_t bytes)
{
	Buf b = {0};
	buf_puts(&b, str_of(s->head));
	for (size_t n = b.n; b.n - n < bytes / 2;)
		buf_puts(&b, str_of(s->a));
	buf_puts(&b, str_of(s->middle));
	for (size_t n = b.n; *s->b && b.n - n < bytes / 2;)
		buf_puts(&b, str_of(s->b));
	buf_puts(&b, str_of(s->tail));
	Str text = str_dup(&arena, buf_str(&b));
	buf_release(&b);
	return text;
}

typedef struct Taking { /* on a thread of its own, which cannot fail a test itself */
	size_t bytes;
	char failure[200];
} Taking;

static void *take_samples(void *context)
{
	Taking *t = context;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		Diags d = {0};
		Buf out = {0};
		Str text = sample_text(samples + i, t->bytes);
		struct timespec from, to;
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
		Doc *doc = doc_parse(S("bad.md"), text, 1, NULL, &arena, &d);
		doc_html(doc, NULL, &arena, &out);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
		if (to.tv_sec - from.tv_sec >= 10 || out.n > 64 * text.n + (1 << 20))
			snprintf(t->failure, sizeof t->failure, "%s: %ld s, %zu bytes from %zu", samples[i].name, (long)(to.tv_sec - from.tv_sec), out.n, text.n);
		if (doc->failed && (d.n != 1 || !str_eq(d.list[0].file, S("bad.md")) || d.list[0].level != DIAG_ERROR))
			snprintf(t->failure, sizeof t->failure, "%s: refused without naming the file", samples[i].name);
		diags_release(&d);
		buf_release(&out);
		arena_reset(&arena);
	}
	return NULL;
}

static void on_small_stack(size_t bytes)
{
	Taking t = {.bytes = bytes};
	pthread_attr_t attr;
	pthread_t thread;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 256 << 10);
	assert_int_equal(pthread_create(&thread, &attr, take_samples, &t), 0);
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attr);
	assert_string_equal(t.failure, "");
}

static void blow_ups(void **state)
{
	(void)state;
	on_small_stack(64 << 10);
	on_small_stack(1 << 20);
}

static void refused(void **state)
{
	static const struct { Sample sample; const char *why; size_t bytes; } cases[] = {
		{{"", "", ">", "", "", ""}, "nested more than 200 levels deep", 600000}, {{"", "", "|x", "\n", "|-", ""}, "more than 500 columns", 6000},
		{{"", "", "a<!A ", "", "", ""}, "too many <! or <?", 600000}, {{"", "", "![[]()", "", "", ""}, "too many [ and ]", 600000},
		{{"", "", "- ", "x\n", "\n", ""}, "too deep for its length", 600000},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		Diags d = {0};
		doc_parse(S("bad.md"), sample_text(&cases[i].sample, cases[i].bytes), 7, &(DocRules){.draft = i == 0}, &arena, &d);
		assert_int_equal(d.n, 1);
		assert_int_equal(d.list[0].level, i == 0 ? DIAG_WARNING : DIAG_ERROR);
		if (str_find(d.list[0].message, str_of(cases[i].why)) == SIZE_MAX)
			fail_msg("%s: %.*s", cases[i].why, STR_ARG(d.list[0].message));
		diags_release(&d);
	}
}

static int start(void **state)
{
	(void)state;
	doc_init();
	return 0;
}

static int clear(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(html, clear), cmocka_unit_test_teardown(notes, clear), cmocka_unit_test_teardown(addresses, clear),
		cmocka_unit_test_teardown(typography, clear), cmocka_unit_test_teardown(raw, clear), cmocka_unit_test_teardown(dropped_is_said, clear),
		cmocka_unit_test_teardown(callbacks, clear), cmocka_unit_test_teardown(facts, clear), cmocka_unit_test_teardown(contents, clear),
		cmocka_unit_test_teardown(counting, clear), cmocka_unit_test(counting_fast), cmocka_unit_test_teardown(excerpts, clear), cmocka_unit_test_teardown(blow_ups, clear),
		cmocka_unit_test_teardown(refused, clear),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
