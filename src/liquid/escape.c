/* liquid/escape: the one place where values become bytes of a page, escaped by the kind of output and by
 * where in the markup they stand (Sink, found by the lint while parsing). */
#include "liquid/filters.h"

#include "base/chunk.h"
#include "base/utf8.h"

/* ---- escaping ---- */

static const Str html_escapes[256] = {
	['&'] = STR_INIT("&amp;"),
	['<'] = STR_INIT("&lt;"),
	['>'] = STR_INIT("&gt;"),
	['"'] = STR_INIT("&quot;"),
	['\''] = STR_INIT("&#39;"),
};

static const bool html_special[256] = {['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true};

static Chunk is_html_special(Chunk x)
{
	return (Chunk)(x == '&') | (Chunk)((x | 2) == '>') | (Chunk)(x == '"') | (Chunk)(x == '\'');
}

static void put_html(Buf *b, Str s)
{
	size_t plain = 0;
	for (size_t i = 0; i < s.n; i++) {
		while (i + CHUNK <= s.n && !chunk_bits(is_html_special(chunk_at(s.p + i))))
			i += CHUNK;
		if (i == s.n || !html_special[(unsigned char)s.p[i]])
			continue;
		Str e = html_escapes[(unsigned char)s.p[i]];
		buf_puts(b, str_n(s.p + plain, i - plain));
		buf_puts(b, e);
		plain = i + 1;
	}
	buf_puts(b, str_from(s, plain));
}

/* XML 1.0 section 2.2: no other control characters than tab and line ends, no U+FFFE and U+FFFF. */
static bool xml_forbids(uint32_t rune)
{
	return (rune < 0x20 && rune != '\t' && rune != '\n' && rune != '\r') || rune == 0xFFFE || rune == 0xFFFF;
}

static void put_xml(Buf *b, Str s)
{
	size_t len, plain = 0;
	for (size_t i = 0; i < s.n; i += len) {
		unsigned char c = (unsigned char)s.p[i];
		uint32_t rune = c;
		len = 1;
		if (c >= 0x80)
			rune = utf8_decode(s, i, &len);
		Str e = len == 1 && c < 0x80 ? html_escapes[c] : (Str){0};
		if (!e.n && rune != UTF8_BAD && !xml_forbids(rune))
			continue;
		buf_puts(b, str_n(s.p + plain, i - plain));
		buf_puts(b, e.n ? e : rune == UTF8_BAD ? S("\xEF\xBF\xBD") : (Str){0});
		plain = i + len;
	}
	buf_puts(b, str_from(s, plain));
}

static void put_json_inside(Buf *b, Str s)
{
	size_t start = b->n;
	buf_put_json(b, s);
	memmove(b->p + start, b->p + start + 1, b->n - start - 2);
	b->n -= 2;
}

void put_escaped(Buf *b, Str s, LiquidEscape kind)
{
	switch (kind) {
	case LIQUID_PLAIN: buf_puts(b, s); break;
	case LIQUID_HTML: put_html(b, s); break;
	case LIQUID_XML: put_xml(b, s); break;
	case LIQUID_JSON: put_json_inside(b, s); break;
	}
}

bool has_markup(Str s, LiquidEscape kind)
{
	if (kind == LIQUID_PLAIN)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (kind == LIQUID_JSON ? c == '"' || c == '\\' || c < 0x20 : html_special[c] || (kind == LIQUID_XML && xml_forbids(c)))
			return true;
	}
	return false;
}

Str escaped(LiquidRender *r, Value v)
{
	Str s = text_of(r, v);
	if (is_safe(r, v) || !has_markup(s, r->escape))
		return s;
	Buf b = {0};
	put_escaped(&b, s, r->escape);
	s = str_dup(r->arena, buf_str(&b));
	buf_release(&b);
	return s;
}

bool text_fits(LiquidRender *r, size_t n)
{
	if (n <= r->limits.output && n < UINT32_MAX / 2)
		return spend(r, n / 16);
	if (!r->budget->stopped)
		fail_at(r, 0, 0, str_printf(r->arena, "a text grows beyond %zu MiB", r->limits.output >> 20), (Str){0});
	r->budget->stopped = true;
	return false;
}

/* Several strings to one. Where a safe part has markup in it, the unsafe ones are escaped and the whole is
 * safe; else nothing is and the whole is unsafe, which prints the same and can be cut. */
Value join_text(LiquidRender *r, const Value *parts, size_t n)
{
	bool markup = false;
	size_t size = 0, at = 0;
	Str *texts = NEW_N(r->arena, Str, n);
	for (size_t i = 0; i < n; i++) {
		texts[i] = text_of(r, parts[i]);
		markup = markup || (is_safe(r, parts[i]) && has_markup(texts[i], r->escape));
	}
	for (size_t i = 0; i < n; i++) {
		if (markup)
			texts[i] = escaped(r, parts[i]);
		size += texts[i].n;
	}
	if (!text_fits(r, size))
		return NIL;
	char *text = arena_bytes(r->arena, size);
	for (size_t i = 0; i < n; at += texts[i].n, i++)
		if (texts[i].n)
			memcpy(text + at, texts[i].p, texts[i].n);
	return markup ? marked(r, str_n(text, size)) : value_str(str_n(text, size));
}

/* ---- entities ---- */

static const struct {
	Str name;
	uint32_t rune;
} entities[] = {
	{STR_INIT("amp"), '&'},
	{STR_INIT("lt"), '<'},
	{STR_INIT("gt"), '>'},
	{STR_INIT("quot"), '"'},
	{STR_INIT("apos"), '\''},
	{STR_INIT("nbsp"), 0xA0},
	{STR_INIT("colon"), ':'},
	{STR_INIT("Tab"), '\t'},
	{STR_INIT("NewLine"), '\n'},
	{STR_INIT("ndash"), 0x2013},
	{STR_INIT("mdash"), 0x2014},
	{STR_INIT("lsquo"), 0x2018},
	{STR_INIT("rsquo"), 0x2019},
	{STR_INIT("ldquo"), 0x201C},
	{STR_INIT("rdquo"), 0x201D},
	{STR_INIT("hellip"), 0x2026},
	{STR_INIT("shy"), 0xAD},
	{STR_INIT("copy"), 0xA9},
	{STR_INIT("reg"), 0xAE},
	{STR_INIT("laquo"), 0xAB},
	{STR_INIT("raquo"), 0xBB},
	{STR_INIT("middot"), 0xB7},
	{STR_INIT("times"), 0xD7},
	{STR_INIT("euro"), 0x20AC},
	{STR_INIT("bull"), 0x2022},
};

static uint32_t numeric_entity(Str s)
{
	uint64_t rune = 0;
	bool hex = s.n > 1 && (s.p[1] == 'x' || s.p[1] == 'X');
	size_t i = hex ? 2 : 1;
	if (i >= s.n)
		return 0;
	for (; i < s.n && rune < 0x110000; i++) {
		int digit = ascii_hex(s.p[i]);
		if (digit < 0 || (digit > 9 && !hex))
			return 0;
		rune = rune * (hex ? 16 : 10) + (uint64_t)digit;
	}
	return rune < 0x110000 ? (uint32_t)rune : 0xFFFD;
}

static uint32_t entity(Str name)
{
	if (name.n && *name.p == '#')
		return numeric_entity(name);
	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
		if (str_eq(entities[i].name, name))
			return entities[i].rune;
	return 0;
}

Str decode_entities(Arena *a, Str s)
{
	Buf b = {0};
	if (str_find_char(s, '&') == SIZE_MAX)
		return s;
	for (size_t i = 0; i < s.n;) {
		size_t end = s.p[i] == '&' ? str_find_char(str_upto(str_from(s, i), 34), ';') : SIZE_MAX;
		uint32_t rune = end == SIZE_MAX ? 0 : entity(str_n(s.p + i + 1, end - 1));
		if (rune)
			buf_put_rune(&b, rune);
		else
			buf_putc(&b, s.p[i]);
		i += rune ? end + 1 : 1;
	}
	s = str_dup(a, buf_str(&b));
	buf_release(&b);
	return s;
}

/* ---- addresses ---- */

static bool scheme_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/* What a browser takes for the scheme (WHATWG URL): leading controls and spaces, and tabs and line ends
 * anywhere, are dropped first. A colon with nothing before it may continue an output that stood before. */
bool address_allowed(Str s)
{
	static const Str allowed[] = {STR_INIT("http"), STR_INIT("https"), STR_INIT("mailto"), STR_INIT("tel"), STR_INIT("ftp"),
		STR_INIT("ftps"), STR_INIT("sms"), STR_INIT("doi"), STR_INIT("urn"), STR_INIT("xmpp"), STR_INIT("irc"), STR_INIT("ircs"),
		STR_INIT("geo"), STR_INIT("webcal")};
	char scheme[16];
	size_t n = 0, i = 0;
	while (i < s.n && (unsigned char)s.p[i] <= ' ')
		i++;
	for (; i < s.n && s.p[i] != ':'; i++) {
		char c = s.p[i];
		if (c == '\t' || c == '\n' || c == '\r')
			continue;
		if (!scheme_char(c))
			return true; /* no scheme: relative */
		if (n < sizeof scheme)
			scheme[n++] = c;
	}
	if (i == s.n)
		return true;
	for (size_t k = 0; k < sizeof allowed / sizeof *allowed; k++)
		if (n < sizeof scheme && str_eq_nocase(str_n(scheme, n), allowed[k]))
			return true;
	return false;
}

static bool srcset_allowed(Str s)
{
	while (s.p) {
		Str one = str_trim(str_cut(&s, ','));
		if (!address_allowed(one))
			return false;
	}
	return true;
}

/* ---- emitting ---- */

/* Markup inside a quoted attribute or a comment: its entities stand, its quotes and brackets must not. */
static void put_safe_attr(Buf *b, Str s)
{
	for (size_t i = 0; i < s.n; i++) {
		Str e = s.p[i] == '&' ? (Str){0} : html_escapes[(unsigned char)s.p[i]];
		if (e.n)
			buf_puts(b, e);
		else
			buf_putc(b, s.p[i]);
	}
}

static void put_attr(LiquidRender *r, Value v, Str s)
{
	if (is_safe(r, v))
		put_safe_attr(r->out, s);
	else
		put_escaped(r->out, s, r->escape);
}

static bool emit_address(LiquidRender *r, Value v, Sink sink)
{
	Str s = printed(r, v), plain = is_safe(r, v) ? decode_entities(r->arena, s) : s;
	if (sink == SINK_SRCSET ? srcset_allowed(plain) : address_allowed(plain)) {
		put_attr(r, v, s);
		return true;
	}
	warn_at(r, 0, 0,
		str_printf(
			r->arena, "the address '%.*s' is of a kind that may run code; # stands in its place", STR_ARG(str_upto(plain, 80))),
		S("addresses begin with http:, https:, mailto:, tel: or a path"));
	buf_putc(r->out, '#');
	return true;
}

static bool emit_in_tag(LiquidRender *r, Value v)
{
	Str s = printed(r, v);
	bool plain = !is_safe(r, v);
	for (size_t i = 0; i < s.n && plain; i++)
		if (!scheme_char(s.p[i]) && s.p[i] != '_') {
			fail_at(r, 0, 0, S("only a name can stand bare inside a tag, and this is other text"),
				S("write it as an attribute in quotes: class=\"{{ ... }}\""));
			return true;
		}
	if (plain && s.n >= 2 && str_eq_nocase(str_upto(s, 2), S("on"))) {
		fail_at(r, 0, 0, S("an attribute that begins with `on` runs code; it cannot come from data"), (Str){0});
		return true;
	}
	buf_puts(r->out, s);
	return true;
}

static bool emit_made(LiquidRender *r, Value v, Sink sink, uint8_t fits)
{
	if (!(fits & place_flag(sink))) {
		fail_at(r, 0, 0, S("a value stands in code here, through an include, without a filter made for the place"),
			S("end it with jsonify, css_value, url_param or number"));
		return true;
	}
	Str s = printed(r, v);
	if (sink == SINK_HANDLER)
		put_html(r->out, s);
	else
		buf_puts(r->out, s);
	return true;
}

static void put_markup(LiquidRender *r, Value v, int depth)
{
	Buf *b = r->out;
	switch (v.kind) {
	case V_STR:
		if (r->escape == LIQUID_PLAIN || (v.safe & safe_bit(r->escape)))
			buf_puts(b, value_as_str(v));
		else
			put_escaped(b, value_as_str(v), r->escape);
		break;
	case V_INT: buf_put_int(b, v.i); break;
	case V_NIL: break;
	case V_LIST:
		for (uint32_t i = 0; i < v.n && depth < 32; i++)
			put_markup(r, v.list[i], depth + 1);
		break;
	case V_OBJECT:
		if (v.object->type->text && depth < 32) {
			put_markup(r, v.object->type->text(v.object, r->arena), depth + 1);
			break;
		}
		/* fall through */
	case V_MAP: put_escaped(b, printed(r, v), r->escape); break;
	default: put_text(r, b, v);
	}
}

bool emit(LiquidRender *r, Value v, Sink sink, uint8_t fits)
{
	if (sink == SINK_TEXT)
		sink = (Sink)r->sink;
	if (sink == SINK_TEXT || r->escape != LIQUID_HTML)
		put_markup(r, v, 0);
	else if (sink == SINK_ATTR || sink == SINK_COMMENT)
		put_attr(r, v, printed(r, v));
	else if (sink == SINK_ADDRESS || sink == SINK_SRCSET)
		return emit_address(r, v, sink);
	else if (sink == SINK_TAG)
		return emit_in_tag(r, v);
	else
		return emit_made(r, v, sink, fits);
	return true;
}
