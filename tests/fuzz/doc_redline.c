/* Two texts, parted by a line of ====: the redline without its insertions is the old page's text, without its
 * deletions the new one's; its tags close where they opened. */
#include "doc/redline.h"
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

typedef struct Text {
	Buf out;
	Str without; /* element whose contents do not count */
	int inside;
} Text;

static bool gather(void *user, const HtmlEvent *e)
{
	Text *t = user;
	bool it = str_eq(e->name, t->without);
	t->inside += e->kind == HTML_OPEN && it ? 1 : e->kind == HTML_CLOSE && it ? -1 : 0;
	for (size_t i = 0; e->kind == HTML_TEXT && !t->inside && i < e->text.n; i++)
		if ((unsigned char)e->text.p[i] > ' ')
			buf_putc(&t->out, e->text.p[i]);
	return true;
}

/* False: too much of it for the other parser. */
static bool text_of(Str html, Str without, Text *t)
{
	*t = (Text){.without = without};
	return html5_walk(html, gather, t);
}

static void check(Str redline, Str page, Str without)
{
	Text a, b;
	bool read = text_of(redline, without, &a), also = text_of(page, S(""), &b);
	if (read && also && !str_eq(buf_str(&a.out), buf_str(&b.out))) {
		fprintf(stderr, "without <%.*s>\n%.*s\nbut the page\n%.*s\n", STR_ARG(without), STR_ARG(buf_str(&a.out)), STR_ARG(buf_str(&b.out)));
		abort();
	}
	buf_release(&a.out);
	buf_release(&b.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Str all = str_n((const char *)data, size);
	size_t at = str_find(all, S("\n====\n"));
	if (at == SIZE_MAX)
		return 0;
	Arena a = {0};
	Buf x = {0}, y = {0}, r = {0};
	Doc *from = doc_parse(S("a"), str_upto(all, at), 1, NULL, &a, NULL), *to = doc_parse(S("b"), str_from(all, at + 6), 1, NULL, &a, NULL);
	doc_html(from, NULL, &a, &x);
	doc_html(to, NULL, &a, &y);
	Redline *line = redline(redline_side(from, NULL, &a), redline_side(to, NULL, &a), NULL, &a);
	redline_inline(line, NULL, &r);
	check(buf_str(&r), buf_str(&x), S("ins"));
	check(buf_str(&r), buf_str(&y), S("del"));
	if (line->same && (line->added || line->removed))
		abort();
	redline_sides(line, NULL, true, &r);
	redline_terminal(line, true, &r);
	buf_clear(&r);
	redline_text(str_upto(all, at), str_from(all, at + 6), NULL, NULL, &r);
	buf_release(&x);
	buf_release(&y);
	buf_release(&r);
	arena_release(&a);
	return 0;
}
