/* Identifiers that can be checked by their own shape. */
#include "record/record.h"

static Str without_head(Str s, const char *host)
{
	static const Str schemes[] = {STR_INIT("https://"), STR_INIT("http://"), STR_INIT("")};
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		Str rest = str_from(s, schemes[i].n);
		if (str_starts(s, schemes[i]) && str_starts(rest, str_of(host)))
			return str_from(rest, strlen(host));
	}
	return s;
}

/* Sixteen characters in four groups; the last checks the others by ISO 7064 MOD 11-2. */
bool orcid_ok(Str s, Str *bare)
{
	s = without_head(str_trim(s), "orcid.org/");
	if (s.n != 19)
		return false;
	int total = 0;
	for (size_t i = 0; i < 19; i++) {
		char c = s.p[i];
		if (i % 5 == 4) {
			if (c != '-')
				return false;
		} else if (i < 18) {
			if (c < '0' || c > '9')
				return false;
			total = (total + (c - '0')) * 2 % 11;
		}
	}
	int check = (12 - total) % 11;
	*bare = s;
	return s.p[18] == (check == 10 ? 'X' : '0' + check);
}

/* 0, six characters of Crockford's base 32, two digits by ISO 7064 MOD 97-10 over them. */
bool ror_ok(Str s, Str *bare)
{
	static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
	s = without_head(str_trim(s), "ror.org/");
	if (s.n != 9 || s.p[0] != '0')
		return false;
	int64_t number = 0;
	for (size_t i = 0; i < 7; i++) {
		const char *digit = s.p[i] ? strchr(alphabet, s.p[i]) : NULL;
		if (!digit)
			return false;
		number = number * 32 + (digit - alphabet);
	}
	int64_t check = 98 - number * 100 % 97;
	*bare = s;
	return s.p[7] == '0' + check / 10 && s.p[8] == '0' + check % 10;
}

static bool is_idstring(Str s)
{
	bool letter = false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!alpha && !(c >= '0' && c <= '9') && c != '-' && c != '.')
			return false;
		letter |= alpha;
	}
	return letter;
}

/* SPDX 2.3 annex D: ids joined by AND, OR and WITH, brackets around parts. Ids are not looked up in the list, which grows. */
bool licence_ok(Str s)
{
	bool want_id = true;
	int depth = 0;
	s = str_trim(s);
	while (s.n) {
		size_t n = 0;
		if (*s.p == '(' || *s.p == ')') {
			depth += *s.p == '(' ? 1 : -1;
			if ((*s.p == '(') != want_id || depth < 0)
				return false;
			n = 1;
		} else {
			while (n < s.n && s.p[n] != ' ' && s.p[n] != '(' && s.p[n] != ')')
				n++;
			Str word = str_upto(s, n);
			bool joins = str_eq(word, S("AND")) || str_eq(word, S("OR")) || str_eq(word, S("WITH"));
			if (str_ends(word, S("+")))
				word.n--;
			if (joins == want_id || (!joins && !is_idstring(word)))
				return false;
			want_id = joins;
		}
		s = str_trim(str_from(s, n));
	}
	return !want_id && depth == 0;
}
