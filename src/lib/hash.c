#include "lib/hash.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

struct HashStream {
	XXH3_state_t *state;
};

static Hash of_xxh(XXH128_hash_t h) { return (Hash){h.high64, h.low64}; }

Hash hash_of(Str bytes)
{
	return of_xxh(XXH3_128bits(bytes.n ? bytes.p : "", bytes.n));
}

HashStream *hash_start(void)
{
	HashStream *s = mem_alloc(sizeof *s);
	s->state = XXH3_createState();
	if (!s->state)
		die_oom();
	XXH3_128bits_reset(s->state);
	return s;
}

void hash_more(HashStream *s, Str piece)
{
	if (piece.n)
		XXH3_128bits_update(s->state, piece.p, piece.n);
}

Hash hash_end(HashStream *s)
{
	Hash h = of_xxh(XXH3_128bits_digest(s->state));
	XXH3_freeState(s->state);
	free(s);
	return h;
}

void buf_put_hex(Buf *b, const uint8_t *bytes, size_t n)
{
	buf_reserve(b, 2 * n);
	for (size_t i = 0; i < n; i++) {
		b->p[b->n++] = "0123456789abcdef"[bytes[i] >> 4];
		b->p[b->n++] = "0123456789abcdef"[bytes[i] & 15];
	}
}

void buf_put_hash(Buf *b, Hash h)
{
	uint8_t bytes[16];
	for (int i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)(h.high >> (56 - 8 * i));
		bytes[8 + i] = (uint8_t)(h.low >> (56 - 8 * i));
	}
	buf_put_hex(b, bytes, sizeof bytes);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hash_parse(Str hex, Hash *out)
{
	uint64_t half[2] = {0, 0};
	if (hex.n != 32)
		return false;
	for (size_t i = 0; i < 32; i++) {
		int d = hex_digit(hex.p[i]);
		if (d < 0)
			return false;
		half[i / 16] = half[i / 16] << 4 | (uint64_t)d;
	}
	*out = (Hash){half[0], half[1]};
	return true;
}

/* libcrypto's digests fail only for want of memory or of the algorithm: neither is survivable. */
static void digest(const EVP_MD *kind, Str head, Str bytes, uint8_t *out)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	if (!c || !EVP_DigestInit_ex(c, kind, NULL) || !EVP_DigestUpdate(c, head.p, head.n) ||
		!EVP_DigestUpdate(c, bytes.p, bytes.n) || !EVP_DigestFinal_ex(c, out, NULL))
		BUG("libcrypto has no such digest");
	EVP_MD_CTX_free(c);
}

void hash_sha256(Str bytes, uint8_t out[32]) { digest(EVP_sha256(), (Str){0}, bytes, out); }

void hash_sha512(Str bytes, uint8_t out[64]) { digest(EVP_sha512(), (Str){0}, bytes, out); }

void hash_git_blob(Str bytes, uint8_t out[20])
{
	char head[32];
	int n = snprintf(head, sizeof head, "blob %zu", bytes.n);
	digest(EVP_sha1(), str_n(head, (size_t)n + 1), bytes, out);
}

void buf_put_base64(Buf *b, const uint8_t *bytes, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < n; i += 3) {
		size_t have = n - i < 3 ? n - i : 3;
		uint32_t v = (uint32_t)bytes[i] << 16 | (have > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) | (have > 2 ? bytes[i + 2] : 0);
		buf_putc(b, digits[v >> 18]);
		buf_putc(b, digits[v >> 12 & 63]);
		buf_putc(b, have > 1 ? digits[v >> 6 & 63] : '=');
		buf_putc(b, have > 2 ? digits[v & 63] : '=');
	}
}

/* ---- signatures as SSH writes them */

bool ssh_field(Str *rest, Str *field)
{
	if (rest->n < 4)
		return false;
	const uint8_t *p = (const uint8_t *)rest->p;
	size_t n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	if (n > rest->n - 4)
		return false;
	*field = str_n(rest->p + 4, n);
	*rest = str_from(*rest, n + 4);
	return true;
}

static BIGNUM *number(Str s) { return s.n > 2048 ? NULL : BN_bin2bn((const unsigned char *)s.p, (int)s.n, NULL); }

static EVP_PKEY *make_key(const char *kind, OSSL_PARAM_BLD *parts)
{
	EVP_PKEY *key = NULL;
	OSSL_PARAM *all = OSSL_PARAM_BLD_to_param(parts);
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	if (!all || !c || EVP_PKEY_fromdata_init(c) <= 0 || EVP_PKEY_fromdata(c, &key, EVP_PKEY_PUBLIC_KEY, all) <= 0)
		key = NULL;
	EVP_PKEY_CTX_free(c);
	OSSL_PARAM_free(all);
	return key;
}

static EVP_PKEY *rsa_key(Str rest)
{
	Str e, n;
	if (!ssh_field(&rest, &e) || !ssh_field(&rest, &n))
		return NULL;
	BIGNUM *exponent = number(e), *modulus = number(n);
	OSSL_PARAM_BLD *parts = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;
	if (parts && exponent && modulus && BN_num_bits(modulus) >= 2048 && OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_N, modulus) &&
		OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_E, exponent))
		key = make_key("RSA", parts);
	OSSL_PARAM_BLD_free(parts);
	BN_free(exponent);
	BN_free(modulus);
	return key;
}

static EVP_PKEY *ecdsa_key(Str rest)
{
	Str curve, point;
	EVP_PKEY *key = NULL;
	if (!ssh_field(&rest, &curve) || !str_eq(curve, S("nistp256")) || !ssh_field(&rest, &point))
		return NULL;
	OSSL_PARAM_BLD *parts = OSSL_PARAM_BLD_new();
	if (parts && OSSL_PARAM_BLD_push_utf8_string(parts, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) &&
		OSSL_PARAM_BLD_push_octet_string(parts, OSSL_PKEY_PARAM_PUB_KEY, point.p, point.n))
		key = make_key("EC", parts);
	OSSL_PARAM_BLD_free(parts);
	return key;
}

static bool verify(EVP_PKEY *key, const EVP_MD *kind, Str signature, Str bytes)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good = key && c && EVP_DigestVerifyInit(c, NULL, kind, NULL, key) == 1 &&
		EVP_DigestVerify(c, (const unsigned char *)signature.p, signature.n, (const unsigned char *)bytes.p, bytes.n) == 1;
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(key);
	return good;
}

/* SSH sends r and s as numbers of its own; libcrypto wants them in DER. */
static bool verify_ecdsa(EVP_PKEY *key, Str numbers, Str bytes)
{
	Str r, s;
	unsigned char *der = NULL;
	ECDSA_SIG *pair = ECDSA_SIG_new();
	bool read = pair && ssh_field(&numbers, &r) && ssh_field(&numbers, &s) && ECDSA_SIG_set0(pair, number(r), number(s));
	int n = read ? i2d_ECDSA_SIG(pair, &der) : -1;
	bool good = n > 0 && verify(key, EVP_sha256(), str_n((const char *)der, (size_t)n), bytes);
	if (n <= 0)
		EVP_PKEY_free(key);
	OPENSSL_free(der);
	ECDSA_SIG_free(pair);
	return good;
}

bool ssh_verify(Str public_key, Str signature, Str bytes)
{
	Str kind, raw, scheme, value;
	if (!ssh_field(&public_key, &kind) || !ssh_field(&signature, &scheme) || !ssh_field(&signature, &value))
		return false;
	if (str_eq(kind, S("ssh-ed25519")) && str_eq(scheme, kind) && ssh_field(&public_key, &raw))
		return verify(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)raw.p, raw.n), NULL, value, bytes);
	if (str_eq(kind, S("ssh-rsa")) && str_eq(scheme, S("rsa-sha2-512")))
		return verify(rsa_key(public_key), EVP_sha512(), value, bytes);
	if (str_eq(kind, S("ssh-rsa")) && str_eq(scheme, S("rsa-sha2-256")))
		return verify(rsa_key(public_key), EVP_sha256(), value, bytes);
	if (str_eq(kind, S("ecdsa-sha2-nistp256")) && str_eq(scheme, kind))
		return verify_ecdsa(ecdsa_key(public_key), value, bytes);
	return false;
}

#define WORDS(a, b, c) #a "." #b "." #c
#define DOTTED(a, b, c) WORDS(a, b, c)

const char *hash_xxh_version(void)
{
	return DOTTED(XXH_VERSION_MAJOR, XXH_VERSION_MINOR, XXH_VERSION_RELEASE);
}

const char *hash_crypto_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}
