/* liquid/filters_text: whole strings: case, white space, joining, defaults. None of these cuts, so the safe
 * bits stay (filters.h). */
#include "liquid/filters_rows.h"

#include "base/utf8.h"
#include "lib/icu.h"

Str taken(LiquidCall *c, Buf *b)
{
	Str s = text_fits(c->render, b->n) ? str_dup(c->arena, buf_str(b)) : (Str){"", 0};
	buf_release(b);
	return s;
}

bool whole_arg(LiquidCall *c, uint32_t i, int64_t otherwise, int64_t *out)
{
	*out = otherwise;
	if (i >= c->n || to_integer(c->args[i], out))
		return true;
	liquid_fail(c, "expected a whole number, found %s", kind_word(c->args[i]));
	return false;
}

static bool is_ascii(Str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

static Str mapped(LiquidCall *c, Str s, char (*to)(char))
{
	char *text = arena_bytes(c->arena, s.n);
	for (size_t i = 0; i < s.n; i++)
		text[i] = to(s.p[i]);
	return str_n(text, s.n);
}

static Value downcase(LiquidCall *c)
{
	Str s = in_text(c);
	return text_fits(c->render, s.n) ? like(c->in, is_ascii(s) ? mapped(c, s, ascii_lower) : icu_lower(c->arena, s, (Str){0})) : NIL;
}

static Value upcase(LiquidCall *c)
{
	Str s = in_text(c);
	return text_fits(c->render, s.n) ? like(c->in, is_ascii(s) ? mapped(c, s, ascii_upper) : icu_upper(c->arena, s, (Str){0})) : NIL;
}

static Value capitalize(LiquidCall *c)
{
	Str s = in_text(c);
	if (!text_fits(c->render, s.n))
		return NIL;
	if (!is_ascii(s))
		return like(c->in, icu_capital(c->arena, icu_lower(c->arena, s, (Str){0}), (Str){0}));
	char *text = (char *)mapped(c, s, ascii_lower).p;
	if (s.n)
		*text = ascii_upper(*text);
	return like(c->in, str_n(text, s.n));
}

static Str stripped(Str s, bool left, bool right)
{
	while (left && s.n && (ascii_is_space(*s.p) || !*s.p))
		s = str_from(s, 1);
	while (right && s.n && (ascii_is_space(s.p[s.n - 1]) || !s.p[s.n - 1]))
		s.n--;
	return s;
}

static Value strip(LiquidCall *c)
{
	return like(c->in, stripped(in_text(c), true, true));
}
static Value lstrip(LiquidCall *c)
{
	return like(c->in, stripped(in_text(c), true, false));
}
static Value rstrip(LiquidCall *c)
{
	return like(c->in, stripped(in_text(c), false, true));
}

static Value strip_newlines(LiquidCall *c)
{
	Str s = in_text(c);
	char *text = arena_bytes(c->arena, s.n);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\n' && !(s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n'))
			text[n++] = s.p[i];
	return like(c->in, str_n(text, n));
}

static Value normalize_whitespace(LiquidCall *c)
{
	Str s = str_trim(in_text(c));
	char *text = arena_bytes(c->arena, s.n);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_space(s.p[i]))
			text[n++] = s.p[i];
		else if (!ascii_is_space(s.p[i + 1]))
			text[n++] = ' ';
	return like(c->in, str_n(text, n));
}

static Value newline_to_br(LiquidCall *c)
{
	Str s = escaped(c->render, c->in), line;
	Buf b = {0};
	while (s.n) {
		size_t n = str_find_char(s, '\n');
		line = n == SIZE_MAX ? s : str_upto(s, n > 0 && s.p[n - 1] == '\r' ? n - 1 : n);
		buf_puts(&b, line);
		s = n == SIZE_MAX ? (Str){0} : str_from(s, n + 1);
		if (n != SIZE_MAX)
			buf_lit(&b, "<br />\n");
	}
	return marked(c->render, taken(c, &b));
}

static Value append(LiquidCall *c)
{
	return join_text(c->render, (Value[]){c->in, c->args[0]}, 2);
}
static Value prepend(LiquidCall *c)
{
	return join_text(c->render, (Value[]){c->args[0], c->in}, 2);
}

static Value default_filter(LiquidCall *c)
{
	Value fallback = c->n ? c->args[0] : value_str((Str){"", 0});
	bool keep = c->in.kind == V_BOOL && liquid_truthy(liquid_named(c, S("allow_false")));
	return !keep && (!liquid_truthy(c->in) || is_empty(c->in)) ? fallback : c->in;
}

static Value size(LiquidCall *c)
{
	bool has;
	return value_int((int64_t)size_of(c->render, c->in, &has));
}

static size_t count_words(Str s, bool cjk)
{
	size_t n = 0, len;
	bool inside = false;
	for (size_t i = 0; i < s.n; i += len) {
		uint32_t rune = utf8_decode(s, i, &len);
		bool single = cjk && rune != UTF8_BAD && rune_is_cjk(rune) && !rune_is_hangul(rune),
		     space = rune == ' ' || (rune >= '\t' && rune <= '\r') || rune == 0x3000;
		n += single || (!space && !inside);
		inside = !space && !single;
	}
	return n;
}

static Value number_of_words(LiquidCall *c)
{
	Str mode = arg_text(c, 0);
	bool cjk = str_eq(mode, S("cjk")) || str_eq(mode, S("auto"));
	if (mode.n && !cjk) {
		liquid_fail(c, "number_of_words knows cjk and auto, not '%.*s'", STR_ARG(mode));
		return NIL;
	}
	return value_int((int64_t)count_words(in_text(c), cjk));
}

static Value inspect(LiquidCall *c)
{
	Buf b = {0};
	put_inspect(c->render, &b, c->in);
	return value_str(taken(c, &b));
}

#define PURE LIQUID_PURE
#define BARE (LIQUID_PURE | LIQUID_IN_SCRIPT | LIQUID_IN_STYLE | LIQUID_IN_UNQUOTED | LIQUID_IN_HANDLER)

/* clang-format off */
const LiquidFilter filters_text[] = {
	{STR_INIT("append"), 1, 1, PURE, append, NULL, "The text with another behind it.", "{{ \"brief\" | append: \".pdf\" }}", "brief.pdf"},
	{STR_INIT("capitalize"), 0, 0, PURE, capitalize, NULL, "The first letter large, the others small.", "{{ \"asia AND europe\" | capitalize }}", "Asia and europe"},
	{STR_INIT("default"), 0, 1, 0, default_filter, "allow_false", "Another value where there is none, or false, or an empty one.", "{{ page.subtitle | default: \"none\" }}", "none"},
	{STR_INIT("downcase"), 0, 0, PURE, downcase, NULL, "Small letters.", "{{ \"Policy BRIEF\" | downcase }}", "policy brief"},
	{STR_INIT("inspect"), 0, 0, 0, inspect, NULL, "The value as it is inside, for finding out.", "{{ \"a,b\" | split: \",\" | inspect }}", "[&quot;a&quot;, &quot;b&quot;]"},
	{STR_INIT("lstrip"), 0, 0, PURE, lstrip, NULL, "Without white space at the start.", "[{{ \"  a \" | lstrip }}]", "[a ]"},
	{STR_INIT("newline_to_br"), 0, 0, PURE, newline_to_br, NULL, "A <br /> before each end of a line.", "{% capture x %}a\nb{% endcapture %}{{ x | newline_to_br }}", "a<br />\nb"},
	{STR_INIT("normalize_whitespace"), 0, 0, PURE, normalize_whitespace, NULL, "Each run of white space one space, none at the ends.", "[{{ \"  a   b \" | normalize_whitespace }}]", "[a b]"},
	{STR_INIT("number_of_words"), 0, 1, PURE, number_of_words, NULL, "How many words; with \"cjk\" or \"auto\", Chinese and Japanese characters count one each.", "{{ \"two words\" | number_of_words }} {{ \"政策 brief\" | number_of_words: \"auto\" }}", "2 3"},
	{STR_INIT("prepend"), 1, 1, PURE, prepend, NULL, "The text with another before it.", "{{ \"asia\" | prepend: \"/regions/\" }}", "/regions/asia"},
	{STR_INIT("rstrip"), 0, 0, PURE, rstrip, NULL, "Without white space at the end.", "[{{ \" a  \" | rstrip }}]", "[ a]"},
	{STR_INIT("size"), 0, 0, BARE, size, NULL, "How many characters, items or keys.", "{{ \"brief\" | size }} {{ \"a,b\" | split: \",\" | size }}", "5 2"},
	{STR_INIT("strip"), 0, 0, PURE, strip, NULL, "Without white space at both ends.", "[{{ \"  a  \" | strip }}]", "[a]"},
	{STR_INIT("strip_newlines"), 0, 0, PURE, strip_newlines, NULL, "Without ends of lines.", "{% capture x %}a\nb{% endcapture %}{{ x | strip_newlines }}", "ab"},
	{STR_INIT("upcase"), 0, 0, PURE, upcase, NULL, "Large letters.", "{{ \"Brief\" | upcase }}", "BRIEF"},
	{{0}, 0, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
/* clang-format on */
