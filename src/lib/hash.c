#include "lib/hash.h"

#include <openssl/evp.h>
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
