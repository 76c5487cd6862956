/* liquid/lexer: the words inside {{ }} and {% %}.
 *
 *   name    = (letter | "_") (letter | digit | "_" | "-")* "?"?
 *   number  = "-"? digit+ ("." digit+)?
 *   string  = "'" [^']* "'" | '"' [^"]* '"'          no escapes, as everywhere in Liquid
 *   compare = "==" | "!=" | "<>" | "<=" | ">=" | "<" | ">"
 *   and . .. : , | ( ) [ ] =
 */
#include "liquid/tree.h"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}
static uint32_t end_of_name(const char *s, uint32_t at, uint32_t end)
{
	while (at < end && (is_letter(s[at]) || ascii_is_digit(s[at]) || s[at] == '-'))
		at++;
	return at < end && s[at] == '?' ? at + 1 : at;
}

static uint32_t end_of_number(const char *s, uint32_t at, uint32_t end)
{
	at += s[at] == '-';
	while (at < end && ascii_is_digit(s[at]))
		at++;
	if (at + 1 < end && s[at] == '.' && ascii_is_digit(s[at + 1]))
		for (at++; at < end && ascii_is_digit(s[at]);)
			at++;
	return at;
}

static Token compare_token(const char *s, uint32_t at, uint32_t end)
{
	static const struct {
		char text[3];
		uint8_t op;
	} ops[] = {
		{"==", C_EQ},
		{"!=", C_NE},
		{"<>", C_NE},
		{"<=", C_LE},
		{">=", C_GE},
		{"<", C_LT},
		{">", C_GT},
	};
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		uint32_t n = ops[i].text[1] ? 2 : 1;
		if (at + n <= end && memcmp(s + at, ops[i].text, n) == 0)
			return (Token){T_COMPARE, ops[i].op, at, n};
	}
	return (Token){s[at] == '=' ? T_EQUALS : T_OTHER, 0, at, 1};
}

static Token string_token(const char *s, uint32_t at, uint32_t end)
{
	const char *close = memchr(s + at + 1, s[at], end - at - 1);
	if (!close)
		return (Token){T_OTHER, 0, at, 1};
	return (Token){T_STRING, 0, at, (uint32_t)(close - s) + 1 - at};
}

static Token scan(const char *s, uint32_t at, uint32_t end)
{
	while (at < end && ascii_is_space(s[at]))
		at++;
	if (at >= end)
		return (Token){T_END, 0, end, 0};
	char c = s[at];
	if (is_letter(c))
		return (Token){T_NAME, 0, at, end_of_name(s, at, end) - at};
	if (ascii_is_digit(c) || (c == '-' && at + 1 < end && ascii_is_digit(s[at + 1])))
		return (Token){T_NUMBER, 0, at, end_of_number(s, at, end) - at};
	switch (c) {
	case '.': return at + 1 < end && s[at + 1] == '.' ? (Token){T_DOTDOT, 0, at, 2} : (Token){T_DOT, 0, at, 1};
	case ':': return (Token){T_COLON, 0, at, 1};
	case ',': return (Token){T_COMMA, 0, at, 1};
	case '|': return (Token){T_PIPE, 0, at, 1};
	case '(': return (Token){T_OPEN, 0, at, 1};
	case ')': return (Token){T_CLOSE, 0, at, 1};
	case '[': return (Token){T_OPEN_SQUARE, 0, at, 1};
	case ']': return (Token){T_CLOSE_SQUARE, 0, at, 1};
	case '"':
	case '\'': return string_token(s, at, end);
	case '=':
	case '!':
	case '<':
	case '>': return compare_token(s, at, end);
	default: return (Token){T_OTHER, 0, at, 1};
	}
}

Words words_of(const Parser *p, uint32_t from, uint32_t to)
{
	Words w = {.parser = p, .end = to};
	w.token = scan(p->text.p, from, to);
	w.at = w.token.at + w.token.len;
	return w;
}

Token words_next(Words *w)
{
	Token t = w->token;
	w->token = scan(w->parser->text.p, w->at, w->end);
	w->at = w->token.at + w->token.len;
	return t;
}

Token words_peek(Words *w)
{
	return scan(w->parser->text.p, w->at, w->end);
}

Str token_text(const Parser *p, Token t)
{
	return str_n(p->text.p + t.at, t.len);
}

bool words_take(Words *w, TokenKind kind)
{
	if (w->token.kind != kind)
		return false;
	words_next(w);
	return true;
}

bool words_is_name(const Words *w, Str name)
{
	return w->token.kind == T_NAME && str_eq(token_text(w->parser, w->token), name);
}

bool words_take_name(Words *w, Str name)
{
	if (!words_is_name(w, name))
		return false;
	words_next(w);
	return true;
}
