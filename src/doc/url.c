/* Addresses: which schemes a page may carry, and the gate to HTML. */
#include "doc/inner.h"

/* The scheme as a browser sees it: leading control characters and spaces, tabs and line ends anywhere, do not
 * count (URL Standard, section 4.4). Returns its length in out (lower case), 0: none. */
static size_t scheme_of(Str url, char out[16])
{
	size_t n = 0, i = 0;
	while (i < url.n && (unsigned char)url.p[i] <= ' ')
		i++;
	for (; i < url.n; i++) {
		unsigned char c = (unsigned char)url.p[i];
		if (c == '\t' || c == '\n' || c == '\r')
			continue;
		if (c == ':')
			return n;
		if (!((byte_class[c] & B_WORD) || (n && (c == '+' || c == '-' || c == '.'))) || (n == 0 && c <= '9'))
			return 0;
		if (n < 15)
			out[n] = ascii_lower((char)c);
		n++;
	}
	return 0;
}

bool doc_url_allowed(Str url)
{
	static const Str allowed[] = {STR_INIT("http"), STR_INIT("https"), STR_INIT("mailto"), STR_INIT("tel")};
	char name[16];
	size_t n = scheme_of(url, name);
	if (!n)
		return true;
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		if (n == allowed[i].n && memcmp(name, allowed[i].p, n) == 0)
			return true;
	return false;
}

bool doc_url_external(Str url)
{
	char name[16];
	Str s = str_trim(url);
	return scheme_of(url, name) > 0 || str_starts(s, S("//")) || str_starts(s, S("\\\\")) || str_starts(s, S("/\\")) || str_starts(s, S("\\/"));
}

static void esc(Buf *out, Str s, bool quotes)
{
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (!(byte_class[(unsigned char)s.p[i]] & (B_ESC | B_QUOTE)))
			continue;
		const char *r;
		switch (s.p[i]) {
		case '&': r = "&amp;"; break;
		case '<': r = "&lt;"; break;
		case '>': r = "&gt;"; break;
		case '"': r = quotes ? "&quot;" : NULL; break;
		case '\'': r = quotes ? "&#39;" : NULL; break;
		default: r = ""; break; /* control characters, which only references can bring here */
		}
		if (!r)
			continue;
		buf_puts(out, str_n(s.p + from, i - from));
		buf_puts(out, str_of(r));
		from = i + 1;
	}
	buf_puts(out, str_from(s, from));
}

void esc_text(Buf *out, Str s)
{
	esc(out, s, false);
}

void esc_attr(Buf *out, Str s)
{
	esc(out, s, true);
}

void esc_url(Buf *out, Str s)
{
	static const char hex[] = "0123456789ABCDEF";
	Str url = str_trim(s);
	for (size_t i = 0; i < url.n; i++) {
		unsigned char c = (unsigned char)url.p[i];
		bool keeps = (byte_class[c] & B_WORD) || (c > ' ' && c < 0x7F && !strchr("\"<>\\^`{|}[]'&", c));
		bool percent = c == '%';
		if (c == '&')
			buf_lit(out, "&amp;");
		else if (c == '\'')
			buf_lit(out, "&#39;");
		else if (c == '[' || c == ']') /* as they stand: IPv6 hosts */
			buf_putc(out, (char)c);
		else if (percent && !(i + 2 < url.n && strchr("0123456789abcdefABCDEF", url.p[i + 1]) && strchr("0123456789abcdefABCDEF", url.p[i + 2])))
			buf_lit(out, "%25");
		else if (keeps)
			buf_putc(out, (char)c);
		else {
			buf_putc(out, '%');
			buf_putc(out, hex[c >> 4]);
			buf_putc(out, hex[c & 15]);
		}
	}
}
