/* liquid/filters_code: text for a place: escaped, encoded, decoded, as JSON, as CSS, as part of an address. */
#include "liquid/filters_rows.h"

#include "base/utf8.h"
#include "lib/icu.h"
#include "lib/json.h"

static Value escape(LiquidCall *c)
{
	if (c->in.kind == V_NIL)
		return NIL;
	if (c->render->escape != LIQUID_PLAIN)
		return marked(c->render, escaped(c->render, c->in));
	Buf b = {0};
	put_escaped(&b, in_text(c), LIQUID_HTML);
	return value_str(taken(c, &b));
}

static size_t entity_len(Str s)
{
	size_t i = 1;
	if (i < s.n && s.p[i] == '#')
		i++;
	size_t from = i;
	while (i < s.n && ascii_is_alnum(s.p[i]))
		i++;
	return i > from && i < s.n && s.p[i] == ';' ? i + 1 : 0;
}

static Value escape_once(LiquidCall *c)
{
	Str s = in_text(c);
	Buf b = {0};
	if (is_safe(c->render, c->in))
		return c->in;
	for (size_t i = 0, n; i < s.n; i += n) {
		n = s.p[i] == '&' ? entity_len(str_from(s, i)) : 0;
		if (n)
			buf_puts(&b, str_n(s.p + i, n));
		else
			put_escaped(&b, str_n(s.p + i, n = 1), LIQUID_HTML);
	}
	return marked(c->render, taken(c, &b));
}

static Value raw(LiquidCall *c)
{
	return marked(c->render, in_text(c));
}

/* ---- percent encoding ---- */

static void put_percent(Buf *b, Str s, const char *keep, bool plus)
{
	static const char hex[] = "0123456789ABCDEF";
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || (ch && strchr(keep, ch));
		if (plain) {
			buf_putc(b, ch);
		} else if (plus && ch == ' ') {
			buf_putc(b, '+');
		} else {
			buf_putc(b, '%');
			buf_putc(b, hex[(unsigned char)ch >> 4]);
			buf_putc(b, hex[ch & 15]);
		}
	}
}

static Value percent(LiquidCall *c, const char *keep, bool plus)
{
	Buf b = {0};
	if (c->in.kind == V_NIL)
		return NIL;
	put_percent(&b, in_text(c), keep, plus);
	return value_str(taken(c, &b));
}

/* application/x-www-form-urlencoded, as Ruby's CGI.escape */
static Value url_encode(LiquidCall *c)
{
	return percent(c, "-_.~", true);
}
/* RFC 3986 section 2: reserved and unreserved characters stand, so that a whole address may be given */
static Value uri_escape(LiquidCall *c)
{
	return percent(c, "-_.~!*'();:@&=+$,/?#[]", false);
}
/* one component of an address: nothing but unreserved characters stands */
static Value url_param(LiquidCall *c)
{
	return percent(c, "-_.~", false);
}

static Value url_decode(LiquidCall *c)
{
	Str s = in_text(c);
	Buf b = {0};
	if (c->in.kind == V_NIL)
		return NIL;
	for (size_t i = 0; i < s.n; i++) {
		int high = s.p[i] == '%' && i + 2 < s.n ? ascii_hex(s.p[i + 1]) : -1, low = high < 0 ? -1 : ascii_hex(s.p[i + 2]);
		buf_putc(&b, low >= 0 ? (char)(high * 16 + low) : s.p[i] == '+' ? ' ' : s.p[i]);
		i += low >= 0 ? 2 : 0;
	}
	if (utf8_invalid(buf_str(&b)) != SIZE_MAX) {
		buf_release(&b);
		liquid_fail(c, "the decoded text is not UTF-8");
		return NIL;
	}
	return value_str(taken(c, &b));
}

/* ---- base64, RFC 4648 sections 4 and 5 ---- */

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static Value base64_made(LiquidCall *c, bool address)
{
	Str s = in_text(c);
	Buf b = {0};
	for (size_t i = 0; i < s.n; i += 3) {
		uint32_t bits = 0;
		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (i + k < s.n ? (unsigned char)s.p[i + k] : 0);
		for (size_t k = 0; k < 4; k++) {
			char ch = i + k > s.n ? '=' : base64_digits[bits >> (18 - 6 * k) & 63];
			buf_putc(&b, !address ? ch : ch == '+' ? '-' : ch == '/' ? '_' : ch);
		}
	}
	return value_str(taken(c, &b));
}

static int base64_digit(char ch, bool address)
{
	if (address)
		ch = ch == '-' ? '+' : ch == '_' ? '/' : ch;
	const char *at = ch ? strchr(base64_digits, ch) : NULL;
	return at ? (int)(at - base64_digits) : -1;
}

static Value base64_read(LiquidCall *c, bool address)
{
	Str s = in_text(c);
	Buf b = {0};
	uint32_t bits = 0;
	int held = 0;
	bool good = c->in.kind == V_STR || c->in.kind == V_NIL;
	while (s.n && s.p[s.n - 1] == '=')
		s.n--;
	for (size_t i = 0; i < s.n && good; i++)
		good = base64_digit(s.p[i], address) >= 0;
	for (size_t i = 0; i < s.n && good; i++) {
		bits = bits << 6 | (uint32_t)base64_digit(s.p[i], address);
		held += 6;
		if (held >= 8)
			buf_putc(&b, (char)(bits >> (held -= 8) & 255));
	}
	if (!good || s.n % 4 == 1 || utf8_invalid(buf_str(&b)) != SIZE_MAX) {
		buf_release(&b);
		liquid_fail(c, "no base64, or not of a text");
		return NIL;
	}
	return value_str(taken(c, &b));
}

static Value base64_encode(LiquidCall *c)
{
	return base64_made(c, false);
}
static Value base64_decode(LiquidCall *c)
{
	return base64_read(c, false);
}
static Value base64_url_safe_encode(LiquidCall *c)
{
	return base64_made(c, true);
}
static Value base64_url_safe_decode(LiquidCall *c)
{
	return base64_read(c, true);
}

/* ---- JSON, CSS ---- */

static Value jsonify(LiquidCall *c)
{
	Buf b = {0};
	json_write(&b, c->in, c->arena, (JsonStyle){0});
	Value v = value_str(taken(c, &b));
	v.safe = SAFE_JSON; /* JSON is markup where JSON is written, and text everywhere else */
	return v;
}

/* One value of a property: a name, a number, a colour. What could end it or call a function goes. */
static Value css_value(LiquidCall *c)
{
	Str s = in_text(c);
	Buf b = {0};
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		if (ch >= 0x80 || ascii_is_alnum((char)ch) || (ch && strchr("#%., -_+", ch)))
			buf_putc(&b, (char)ch);
	}
	return value_str(taken(c, &b));
}

/* Between the quotes of a style sheet: whatever is not a letter or a digit by its number (CSS Syntax 4.3.7). */
static Value css_string(LiquidCall *c)
{
	Str s = in_text(c);
	Buf b = {0};
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		if (ch >= 0x80 || ascii_is_alnum((char)ch))
			buf_putc(&b, (char)ch);
		else
			buf_printf(&b, "\\%x ", ch);
	}
	return value_str(taken(c, &b));
}

/* ---- slugs ---- */

static Str slug_plain(LiquidCall *c, Str s, bool ascii)
{
	Buf b = {0};
	bool gap = false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		bool keep = ascii ? ascii_is_alnum((char)ch) : !ascii_is_space((char)ch);
		if (keep && gap && b.n)
			buf_putc(&b, '-');
		gap = !keep;
		if (keep)
			buf_putc(&b, ascii_lower((char)ch));
	}
	return taken(c, &b);
}

/* Jekyll's modes; letters of every script are kept but in "ascii" */
static Value slugify(LiquidCall *c)
{
	Str s = in_text(c), mode = arg_text(c, 0);
	if (str_eq(mode, S("none")))
		return value_str(s);
	if (str_eq(mode, S("raw")))
		return value_str(slug_plain(c, s, false));
	if (str_eq(mode, S("ascii")))
		return value_str(slug_plain(c, s, true));
	if (str_eq(mode, S("pretty")))
		return value_str(icu_slug(c->arena, s, S("._~!$&'()+,;=@")));
	if (str_eq(mode, S("latin")))
		return value_str(slug_plain(c, icu_slug(c->arena, s, (Str){0}), true));
	if (mode.n && !str_eq(mode, S("default"))) {
		liquid_fail(c, "slugify knows default, pretty, raw, ascii, latin and none, not '%.*s'", STR_ARG(mode));
		return NIL;
	}
	return value_str(icu_slug(c->arena, s, (Str){0}));
}

#define PURE LIQUID_PURE

/* clang-format off */
const LiquidFilter filters_code[] = {
	{STR_INIT("base64_decode"), 0, 0, PURE, base64_decode, NULL, "The text that base64 stands for.", "{{ \"YnJpZWY=\" | base64_decode }}", "brief"},
	{STR_INIT("base64_encode"), 0, 0, PURE, base64_encode, NULL, "Base64 of the text.", "{{ \"brief\" | base64_encode }}", "YnJpZWY="},
	{STR_INIT("base64_url_safe_decode"), 0, 0, PURE, base64_url_safe_decode, NULL, "The same for the alphabet of addresses.", "{{ \"YnJpZWY_\" | base64_url_safe_decode }}", "brief?"},
	{STR_INIT("base64_url_safe_encode"), 0, 0, PURE, base64_url_safe_encode, NULL, "Base64 in the alphabet of addresses.", "{{ \"brief?\" | base64_url_safe_encode }}", "YnJpZWY_"},
	{STR_INIT("cgi_escape"), 0, 0, PURE, url_encode, NULL, "Encoded for a query, spaces as +.", "{{ \"a b/c\" | cgi_escape }}", "a+b%2Fc"},
	{STR_INIT("css_string"), 0, 0, PURE | LIQUID_IN_STYLE, css_string, NULL, "Text between the quotes of a style sheet.", "<style>b::after { content: \"{{ \"a/b\" | css_string }}\" }</style>", "<style>b::after { content: \"a\\2f b\" }</style>"},
	{STR_INIT("css_value"), 0, 0, PURE | LIQUID_IN_STYLE, css_value, NULL, "One value for a style sheet: what could end it is taken out.", "<b style=\"color: {{ \"red; top: 0\" | css_value }}\">", "<b style=\"color: red top 0\">"},
	{STR_INIT("escape"), 0, 0, 0, escape, NULL, "Escaped, where it is not markup already. Layouts escape by themselves.", "{% assign x = \"<b>\" | slice: 0, 3 %}{{ x | escape }}", "&lt;b&gt;"},
	{STR_INIT("escape_once"), 0, 0, 0, escape_once, NULL, "Escaped, but for what already looks escaped.", "{% assign x = \"1 < 2 &amp; 3\" | split: \"|\" | first %}{{ x | escape_once }}", "1 &lt; 2 &amp; 3"},
	{STR_INIT("h"), 0, 0, 0, escape, NULL, "The same as escape.", "{{ \"brief\" | h }}", "brief"},
	{STR_INIT("json"), 0, 0, LIQUID_IN_SCRIPT | LIQUID_IN_HANDLER, jsonify, NULL, "The same as jsonify.", "<script>let x = {{ \"a\" | json }};</script>", "<script>let x = \"a\";</script>"},
	{STR_INIT("jsonify"), 0, 0, LIQUID_IN_SCRIPT | LIQUID_IN_HANDLER, jsonify, NULL, "The value as JSON, for scripts.", "<script>let x = {{ \"a,b\" | split: \",\" | jsonify }};</script>", "<script>let x = [\"a\",\"b\"];</script>"},
	{STR_INIT("raw"), 0, 0, 0, raw, NULL, "Printed as it is, without escaping. Only for what you trust entirely.", "{% assign x = \"<b>|\" | split: \"|\" | first %}{{ x }} {{ x | raw }}", "&lt;b&gt; <b>"},
	{STR_INIT("safe"), 0, 0, 0, raw, NULL, "The same as raw.", "{% assign x = \"<b>|\" | split: \"|\" | first %}{{ x | safe }}", "<b>"},
	{STR_INIT("slugify"), 0, 1, PURE, slugify, NULL, "A part of an address, in the title's own script. Modes: default, pretty, raw, ascii, latin, none.", "{{ \"Carbon Border: 탄소국경\" | slugify }} {{ \"Carbon Border: 탄소국경\" | slugify: \"ascii\" }}", "carbon-border-탄소국경 carbon-border"},
	{STR_INIT("uri_escape"), 0, 0, PURE, uri_escape, NULL, "An address with what may not stand in it encoded.", "{{ \"https://example.org/a b?q=é\" | uri_escape }}", "https://example.org/a%20b?q=%C3%A9"},
	{STR_INIT("url_decode"), 0, 0, PURE, url_decode, NULL, "Without the encoding of a query.", "{{ \"a+b%2Fc\" | url_decode }}", "a b/c"},
	{STR_INIT("url_encode"), 0, 0, PURE, url_encode, NULL, "Encoded for a query, spaces as +.", "{{ \"a b/c\" | url_encode }}", "a+b%2Fc"},
	{STR_INIT("url_param"), 0, 0, PURE | LIQUID_IN_UNQUOTED, url_param, NULL, "One part of an address: everything but letters, digits and -_.~ is encoded.", "<a href=\"/search/?q={{ \"steel & coal\" | url_param }}\">", "<a href=\"/search/?q=steel%20%26%20coal\">"},
	{STR_INIT("xml_escape"), 0, 0, 0, escape, NULL, "The same as escape.", "{{ \"brief\" | xml_escape }}", "brief"},
	{{0}, 0, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
/* clang-format on */
