/* SSH signatures of commits (PROTOCOL.sshsig of OpenSSH), against the archive's .allowed_signers (ssh-keygen(1),
 * ALLOWED SIGNERS): a line is principals, options, the kind of key, the key. Certificates are not followed. */
#include "history/line.h"
#include "lib/hash.h"

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648, line ends between the digits; stops at the padding or at anything else. */
static Str from_base64(Str s, Arena *a)
{
	char *p = arena_bytes(a, s.n / 4 * 3 + 3);
	size_t n = 0;
	uint32_t bits = 0, have = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n' || s.p[i] == '\r')
			continue;
		int d = digit_of(s.p[i]);
		if (d < 0)
			break;
		bits = bits << 6 | (uint32_t)d;
		have += 6;
		if (have >= 8)
			p[n++] = (char)(bits >> (have -= 8) & 0xFF);
	}
	return str_n(p, n);
}

typedef struct SshSignature {
	Str key, space, hash, value;
} SshSignature;

static bool read_signature(Str armoured, Arena *a, SshSignature *out)
{
	Str head = S("-----BEGIN SSH SIGNATURE-----"), reserved;
	armoured = str_trim(armoured);
	if (!str_starts(armoured, head))
		return false;
	Str raw = from_base64(str_from(armoured, head.n), a);
	if (!str_starts(raw, S("SSHSIG\0\0\0\1")))
		return false;
	raw = str_from(raw, 10);
	return ssh_field(&raw, &out->key) && ssh_field(&raw, &out->space) && ssh_field(&raw, &reserved) && ssh_field(&raw, &out->hash) && ssh_field(&raw, &out->value);
}

static void put_field(Buf *b, Str s)
{
	char n[4] = {(char)(s.n >> 24), (char)(s.n >> 16), (char)(s.n >> 8), (char)s.n};
	buf_puts(b, str_n(n, 4));
	buf_puts(b, s);
}

static bool holds(const SshSignature *s, Str signed_bytes)
{
	uint8_t sum[64];
	Buf b = {0};
	bool wide = str_eq(s->hash, S("sha512"));
	if (!str_eq(s->space, S("git")) || (!wide && !str_eq(s->hash, S("sha256"))))
		return false;
	if (wide)
		hash_sha512(signed_bytes, sum);
	else
		hash_sha256(signed_bytes, sum);
	buf_lit(&b, "SSHSIG");
	put_field(&b, s->space);
	put_field(&b, (Str){0});
	put_field(&b, s->hash);
	put_field(&b, str_n((const char *)sum, wide ? 64 : 32));
	bool good = ssh_verify(s->key, s->value, buf_str(&b));
	buf_release(&b);
	return good;
}

/* ---- .allowed_signers */

/* The next word, its quotation marks kept; spaces within them do not end it. */
static Str next_word(Str *rest)
{
	bool quoted = false;
	while (rest->n && (*rest->p == ' ' || *rest->p == '\t'))
		*rest = str_from(*rest, 1);
	size_t n = 0;
	for (; n < rest->n && (quoted || (rest->p[n] != ' ' && rest->p[n] != '\t')); n++)
		quoted ^= rest->p[n] == '"';
	Str word = str_upto(*rest, n);
	*rest = str_from(*rest, n);
	return word;
}

/* "20240131..." as seconds; a time behind the day is left out, so a key is valid for whole days. */
static bool read_day(Str s, int64_t *out)
{
	int64_t day;
	if (!str_int(str_upto(s, 8), &day) || s.n < 8)
		return false;
	*out = civil_seconds(day / 10000, (int)(day / 100 % 100), (int)(day % 100));
	return true;
}

/* Options are a list with commas between; an unknown one makes the line count for nothing. */
static bool options_allow(Str options, int64_t when)
{
	while (options.n) {
		size_t n = 0;
		bool quoted = false;
		for (; n < options.n && (quoted || options.p[n] != ','); n++)
			quoted ^= options.p[n] == '"';
		Str value = str_upto(options, n), key = str_cut(&value, '=');
		options = str_from(options, n + 1);
		if (value.n > 1 && *value.p == '"')
			value = str_n(value.p + 1, value.n - 2);
		int64_t day;
		if (str_eq_nocase(key, S("namespaces"))) {
			bool git = false;
			while (value.n)
				git |= str_eq(str_cut(&value, ','), S("git"));
			if (!git)
				return false;
		} else if (str_eq_nocase(key, S("valid-after")) && read_day(value, &day)) {
			if (when < day)
				return false;
		} else if (str_eq_nocase(key, S("valid-before")) && read_day(value, &day)) {
			if (when >= day)
				return false;
		} else {
			return false;
		}
	}
	return true;
}

static bool is_key_kind(Str word)
{
	return str_starts(word, S("ssh-")) || str_starts(word, S("ecdsa-")) || str_starts(word, S("sk-"));
}

/* Whose key it is, by the first line that has it. */
static bool find_signer(Str allowed, Str key, int64_t when, Arena *a, Str *who)
{
	Str line;
	while (str_line(&allowed, &line)) {
		Str principals = next_word(&line), options = {0}, kind = next_word(&line);
		if (!principals.n || *principals.p == '#')
			continue;
		if (!is_key_kind(kind)) {
			options = kind;
			next_word(&line);
		}
		if (str_eq(from_base64(next_word(&line), a), key) && options_allow(options, when)) {
			*who = principals;
			return true;
		}
	}
	return false;
}

SignatureState signature_check(Repo *repo, const Oid *commit, int64_t when, Str allowed, Arena *a, Str *signer)
{
	Str armoured, bytes;
	SshSignature s;
	*signer = (Str){0};
	if (repo_signature(repo, commit, a, &armoured, &bytes) != SIGNATURE_SSH || !read_signature(armoured, a, &s))
		return SIGNATURE_NOT_CHECKED;
	if (!holds(&s, bytes))
		return SIGNATURE_BAD;
	return find_signer(allowed, s.key, when, a, signer) ? SIGNATURE_GOOD : SIGNATURE_NOT_CHECKED;
}
