/* Redlines: what a reader sees of a change, and the promise that either side can be read out of it. The promise
 * is checked with gumbo on many versions made by a random editor who is the same in every run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "doc/redline.h"
#include "lib/icu.h"
#include "../html5.h"

#include <stdlib.h>

static Arena arena;
static Icu *icu;

static RedlineSide *side(Str markdown)
{
	return redline_side(doc_parse(S("x.md"), markdown, 1, NULL, &arena, NULL), NULL, &arena);
}

static Redline *compare(const char *from, const char *to)
{
	return redline(side(str_of(from)), side(str_of(to)), icu, &arena);
}

/* ---- What is shown ---- */

#define INS "<ins data-say=\"inserted: \">"
#define DEL "<del data-say=\"deleted: \">"
#define COME "<ins class=\"rl-moved\" data-say=\"moved here: \">"
#define GONE "<del class=\"rl-moved\" data-say=\"moved away: \">"

static void shown(void **state)
{
	static const struct { const char *name, *from, *to, *want; } cases[] = {
		{"word", "one two three", "one 2 three", "<p>one " DEL "two </del>" INS "2 </ins>three</p>\n"},
		{"same", "a *b*", "a *b*", "<p>a <em>b</em></p>\n"},
		{"lines broken elsewhere", "a\nb c", "a b\nc", "<p>a b\nc</p>\n"},
		{"last word", "a b", "a b c", "<p>a b" INS " c</ins></p>\n"},
		{"last word gone", "a b c d", "a b c", "<p>a b c" DEL " d</del></p>\n"},
		{"a space more", "a b(c d", "a b (c d", "<p data-rl=\"reformatted\">a b" INS " </ins>(c d</p>\n"},
		{"a sign behind a word", "- a b\n- c", "- a b, d\n- c", "<ul><li>a b" INS ", d</ins></li>\n<li>c</li>\n</ul>\n"},
		{"inside tags", "see [the old page](a.md) now", "see [the new page](a.md) now",
		 "<p>see <a href=\"a.md\">the " DEL "old </del>" INS "new </ins>page</a> now</p>\n"},
		{"another target", "one [two](a.md) three", "one [two](b.md) three", "<p data-rl=\"reformatted\">one <a href=\"b.md\">two</a> three</p>\n"},
		{"paragraph", "a b c d\n\ne f g h", "a b c d\n\ni j k l\n\ne f g h", "<p>a b c d</p>\n<p data-rl=\"added\">" INS "i j k l</ins></p>\n<p>e f g h</p>\n"},
		{"item", "- a\n- b\n- c", "- a\n- c", "<ul><li>a</li>\n<li data-rl=\"removed\">" DEL "b</del></li>\n<li>c</li>\n</ul>\n"},
		{"cell and row", "|a|b|\n|-|-|\n|c|d|\n|e|f|", "|a|b|\n|-|-|\n|c|g|", "<table><thead><tr><th scope=\"col\">a</th><th scope=\"col\">b</th></tr>\n</thead>\n"
		 "<tbody><tr><td>c</td><td>" DEL "d</del>" INS "g</ins></td></tr>\n<tr><td data-rl=\"removed\">" DEL "e</del></td><td data-rl=\"removed\">" DEL "f</del></td></tr>\n</tbody>\n</table>\n"},
		{"rewritten", "a b c", "d e f", "<p data-rl=\"removed\">" DEL "a b c</del></p>\n<p data-rl=\"added\">" INS "d e f</ins></p>\n"},
		{"rule", "a\n\n---\n\nb", "a\n\nb", "<p>a</p>\n" DEL "<hr></del>\n<p>b</p>\n"},
		{"ids of what was removed go", "## A b c d\n\n## E", "## E", "<h2 data-rl=\"removed\">" DEL "A b c d</del></h2>\n<h2 id=\"e\">E</h2>\n"},
		{"moved and edited", "one two three four five six seven eight nine\n\nalpha beta gamma delta\n\nzeta eta theta iota", "alpha beta gamma delta\n\nzeta eta theta iota\n\none two 3 four five six seven eight nine",
		 "<p data-rl=\"moved-from\">" GONE "one two </del>" DEL "three </del>" GONE "four five six seven eight nine</del></p>\n<p>alpha beta gamma delta</p>\n<p>zeta eta theta iota</p>\n"
		 "<p data-rl=\"moved-to\">" COME "one two </ins>" INS "3 </ins>" COME "four five six seven eight nine</ins></p>\n"},
		{"Chinese words", "我们研究政策", "我们分析政策", "<p>我们" DEL "研究</del>" INS "分析</ins>政策</p>\n"},
		{"Korean", "정책을 본다", "정책을 쓴다", "<p>정책을 " DEL "본다</del>" INS "쓴다</ins></p>\n"},
		{"author's own marks", "a <del>b</del> c d", "a <del>b</del> c e", "<p>a <s>b</s> c " DEL "d</del>" INS "e</ins></p>\n"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		Buf out = {0};
		redline_inline(compare(cases[i].from, cases[i].to), NULL, &out);
		Str got = str_dup(&arena, buf_str(&out));
		buf_release(&out);
		if (!str_eq(got, str_of(cases[i].want)))
			fail_msg("%s:\n got: %s\nwant: %s", cases[i].name, got.p, cases[i].want);
	}
}

static void counted(void **state)
{
	(void)state;
	Redline *r = compare("## A\n\none two three four\n\n## B\n\nfive six seven\n\n- list\n- of things\n\neight nine ten eleven", "## A\n\none 2 three four five\n\neight nine ten eleven\n\n## B\n\nfive **six** seven\n\n- list\n- of things");
	assert_int_equal(r->added, 2);
	assert_int_equal(r->removed, 1);
	assert_int_equal(r->moved, 1);
	assert_int_equal(r->reformatted, 1);
	assert_false(r->same);
	assert_true(r->percent > 100.0 * 3 / 33 - 0.01 && r->percent < 100.0 * 3 / 33 + 0.01);
	assert_int_equal(r->sections_n, 2);
	assert_string_equal(str_c(&arena, r->sections[0].heading), "A");
	assert_string_equal(str_c(&arena, r->sections[1].id), "b");
	assert_int_equal(r->sections[0].added, 2);
	r = compare("## A\n\none[^1] two[^2]\n\n## B\n\nthree\n\n[^1]: a note on this\n[^2]: and on that", "## A\n\none[^1] two[^2]\n\n## B\n\nthree\n\n[^1]: a note on this day\n[^2]: and on that");
	assert_int_equal(r->sections_n, 1); /* not "B", the last heading before the notes */
	assert_string_equal(str_c(&arena, r->sections[0].heading), "Notes");
	assert_int_equal(r->sections[0].added, 1);
	assert_int_equal(r->sections[0].id.n, 0);
	r = compare("a\n\nb", "a\n\nb\n");
	assert_true(r->same);
	assert_int_equal(r->sections_n, 0);
	r = compare("", "正文字数");
	assert_int_equal(r->added, 4);
}

static void strings(void **state)
{
	Buf out = {0};
	(void)state;
	assert_true(redline_text(S("A <b> c"), S("A <b> d"), icu, NULL, &out));
	buf_putc(&out, '\0');
	assert_string_equal(out.p, "A &lt;b&gt; " DEL "c</del>" INS "d</ins>");
	buf_clear(&out);
	assert_false(redline_text(S("a & b"), S("a & b"), icu, NULL, &out));
	buf_putc(&out, '\0');
	assert_string_equal(out.p, "a &amp; b");
	buf_clear(&out);
	redline_terminal(compare("## H\n\na b \033[2J c", "## H\n\na d \033[2J c"), false, &out);
	buf_putc(&out, '\0');
	assert_string_equal(out.p, "\nH\na [-b -]{+d +}[2J c\n");
	buf_release(&out);
}

/* ---- The promise ---- */

typedef struct Text {
	Buf out;
	Str without;
	int inside;
} Text;

static bool gather(void *user, const HtmlEvent *e)
{
	Text *t = user;
	bool it = str_eq(e->name, t->without);
	t->inside += it && e->kind == HTML_OPEN ? 1 : it && e->kind == HTML_CLOSE ? -1 : 0;
	for (size_t i = 0; e->kind == HTML_TEXT && !t->inside && i < e->text.n; i++)
		if ((unsigned char)e->text.p[i] > ' ')
			buf_putc(&t->out, e->text.p[i]);
		else if (t->out.n && t->out.p[t->out.n - 1] != ' ')
			buf_putc(&t->out, ' ');
	static const Str inlines[] = {STR_INIT("a"), STR_INIT("b"), STR_INIT("code"), STR_INIT("del"), STR_INIT("em"), STR_INIT("i"), STR_INIT("ins"),
	                              STR_INIT("s"), STR_INIT("span"), STR_INIT("strong"), STR_INIT("sup"), STR_INIT("label"), STR_INIT("input")};
	bool block = e->kind == HTML_OPEN || e->kind == HTML_CLOSE;
	for (size_t i = 0; block && i < sizeof inlines / sizeof *inlines; i++)
		block = !str_eq(e->name, inlines[i]);
	if (block && t->out.n && t->out.p[t->out.n - 1] != ' ')
		buf_putc(&t->out, ' ');
	return true;
}

static Str text_of(Str html, Str without)
{
	Text t = {.without = without};
	assert_true(html5_walk(html, gather, &t));
	Str s = str_dup(&arena, str_trim(buf_str(&t.out)));
	buf_release(&t.out);
	return s;
}

static Str page_of(Str markdown)
{
	Buf out = {0};
	doc_html(doc_parse(S("x.md"), markdown, 1, NULL, &arena, NULL), NULL, &arena, &out);
	Str s = str_dup(&arena, buf_str(&out));
	buf_release(&out);
	return s;
}

static const char *const blocks[] = {
	"# Title of the brief", "## A section", "### A part *of* it", "A paragraph with some words, **bold** ones, and a [link](a.md).", "Another one:\nwith `code`, a note[^1] and -- a dash.",
	"- item one\n- item two\n\n  with a paragraph\n- item three", "1. first\n2. second\n   - inner\n   - other", "> A quotation that is long enough.", "> [!NOTE] A box\n> with words in it",
	"| a | b |\n|---|--:|\n| one | 1 |\n| two | 2 |\n| three | 3 |", "```\ncode   with  spaces\nand lines\n```", "![alt](p.png \"Caption | source: us\")", "- [ ] to do\n- [x] done",
	"<div class=\"x\">\n\ninner *text*\n\n</div>", "<details><summary>More</summary>raw text <b>here</b></details>", "한국어 문장이 하나 있습니다.", "这是一个中文句子。", "---",
	"Text with <ins>marks</ins> of <del>its</del> own & signs < >.", "[^1]: The note's text.", "www.example.org and ~~gone~~ words.",
};
static const char *const words[] = {"alpha", "beta", "*gamma*", "delta,", "[epsilon](e.md)", "중국", "中国", "`zeta`", "eta.", "**theta"};

static uint32_t next(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

static Str version(uint32_t *seed, const uint32_t *list, uint32_t n, uint32_t edits)
{
	Buf b = {0};
	for (uint32_t i = 0; i < n; i++) {
		Str block = str_of(blocks[list[i]]);
		bool edit = next(seed, 10) < edits;
		size_t at = edit ? next(seed, (uint32_t)block.n) : block.n;
		while (at < block.n && block.p[at] != ' ')
			at++;
		buf_puts(&b, str_upto(block, at));
		if (edit && at < block.n) {
			buf_printf(&b, " %s", words[next(seed, sizeof words / sizeof *words)]);
			if (next(seed, 2)) /* and a word less */
				for (at++; at < block.n && block.p[at] != ' ' && block.p[at] != '\n';)
					at++;
		}
		buf_puts(&b, str_from(block, at));
		buf_lit(&b, "\n\n");
	}
	Str s = str_dup(&arena, buf_str(&b));
	buf_release(&b);
	return s;
}

static void promise(void **state)
{
	enum { PAIRS = 1500, MOST = 24 };
	uint32_t seed = 7;
	(void)state;
	for (int round = 0; round < PAIRS; round++) {
		uint32_t a[MOST], b[MOST], n = next(&seed, MOST - 4) + 2, m = 0;
		for (uint32_t i = 0; i < n; i++)
			a[i] = next(&seed, sizeof blocks / sizeof *blocks);
		for (uint32_t i = 0; i < n && m < MOST; i++) {
			uint32_t what = next(&seed, 12);
			if (what != 0)
				b[m++] = what == 1 ? a[next(&seed, n)] : a[i];
			if (what == 2 && m < MOST)
				b[m++] = next(&seed, sizeof blocks / sizeof *blocks);
		}
		Str from = version(&seed, a, n, 0), to = version(&seed, b, m, 3);
		Buf out = {0};
		redline_inline(redline(side(from), side(to), icu, &arena), NULL, &out);
		Str old = text_of(buf_str(&out), S("ins")), new = text_of(buf_str(&out), S("del"));
		Str want_old = text_of(page_of(from), S("")), want_new = text_of(page_of(to), S(""));
		if (!str_eq(old, want_old) || !str_eq(new, want_new))
			fail_msg("round %d\n old: %s\nwant: %s\n new: %s\nwant: %s\n%.*s", round, old.p, want_old.p, new.p, want_new.p, STR_ARG(buf_str(&out)));
		buf_release(&out);
		arena_reset(&arena);
	}
}

static int start(void **state)
{
	(void)state;
	doc_init();
	icu = icu_open();
	return 0;
}

static int end(void **state)
{
	(void)state;
	icu_close(icu);
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
		cmocka_unit_test_teardown(shown, clear), cmocka_unit_test_teardown(counted, clear), cmocka_unit_test_teardown(strings, clear),
		cmocka_unit_test_teardown(promise, clear),
	};
	return cmocka_run_group_tests(tests, start, end);
}
