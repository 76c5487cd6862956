/* liquid/filters_site: addresses of the site and typography, as Jekyll has them, from `site.url` and
 * `site.baseurl`. A host that knows its site better puts its own rows in their place. */
#include "liquid/filters_rows.h"

#include "base/utf8.h"

static bool has_scheme(Str s)
{
	size_t colon = str_find_char(s, ':');
	if (str_starts(s, S("//")))
		return true;
	for (size_t i = 0; colon != SIZE_MAX && i < colon; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '+' && s.p[i] != '-' && s.p[i] != '.')
			return false;
	return colon != SIZE_MAX && colon > 0;
}

static Str of_site(LiquidCall *c, Str name)
{
	bool found;
	Value v = field_of(c->render, liquid_global(c->render, S("site")), name, STEP_PLAIN, &found);
	Str s = v.kind == V_STR ? value_as_str(v) : (Str){"", 0};
	while (s.n && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

static Str relative(LiquidCall *c, Str path)
{
	Str base = of_site(c, S("baseurl"));
	return str_printf(c->arena, "%s%.*s%s%.*s", base.n && *base.p != '/' ? "/" : "", STR_ARG(base), path.n && *path.p == '/' ? "" : "/",
		STR_ARG(path));
}

static Value relative_url(LiquidCall *c)
{
	Str path = in_text(c);
	if (c->in.kind == V_NIL || has_scheme(path))
		return c->in;
	return like(c->in, relative(c, path));
}

static Value absolute_url(LiquidCall *c)
{
	Str path = in_text(c);
	if (c->in.kind == V_NIL || has_scheme(path))
		return c->in;
	return like(c->in, str_join(c->arena, of_site(c, S("url")), relative(c, path)));
}

/* ---- smartify ---- */

typedef struct Typist {
	Buf b;
	bool word;
} Typist; /* word: a letter or digit stands before */

static size_t type_one(Typist *t, Str s, size_t i)
{
	Str rest = str_from(s, i);
	char c = *rest.p;
	size_t n = 1;
	if (str_starts(rest, S("---")))
		buf_put_rune(&t->b, 0x2014), n = 3;
	else if (str_starts(rest, S("--")))
		buf_put_rune(&t->b, 0x2013), n = 2;
	else if (str_starts(rest, S("...")))
		buf_put_rune(&t->b, 0x2026), n = 3;
	else if (c == '"')
		buf_put_rune(&t->b, t->word ? 0x201D : 0x201C);
	else if (c == '\'')
		buf_put_rune(&t->b, t->word ? 0x2019 : 0x2018);
	else
		buf_putc(&t->b, c);
	t->word = c != ' ' && !(c >= '\t' && c <= '\r') && c != '(' && c != '[' && c != '{' && c != '-' && c != '"' && c != '\'';
	return n;
}

/* Quotes, dashes and dots as printers set them; the tags of markup are left alone. */
static Value smartify(LiquidCall *c)
{
	Str s = in_text(c);
	Typist t = {0};
	bool markup = is_safe(c->render, c->in);
	for (size_t i = 0, end; i < s.n;) {
		if (markup && s.p[i] == '<' && (end = str_find_char(str_from(s, i), '>')) != SIZE_MAX) {
			buf_puts(&t.b, str_n(s.p + i, end + 1));
			i += end + 1;
		} else {
			i += type_one(&t, s, i);
		}
	}
	return like(c->in, taken(c, &t.b));
}

/* clang-format off */
const LiquidFilter filters_site[] = {
	{STR_INIT("absolute_url"), 0, 0, 0, absolute_url, NULL, "A path of the site with the site's address before it.", "{{ \"/about/\" | absolute_url }}", "https://example.org/archive/about/"},
	{STR_INIT("relative_url"), 0, 0, 0, relative_url, NULL, "A path of the site below the site's base path.", "{{ \"/about/\" | relative_url }}", "/archive/about/"},
	{STR_INIT("smartify"), 0, 0, LIQUID_PURE, smartify, NULL, "Typographic quotes, dashes and dots.", "{{ \"Ten -- or 'more'...\" | smartify }}", "Ten – or ‘more’…"},
	{{0}, 0, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
/* clang-format on */
