/* hash: fingerprints of bytes. Who knows it: source, write, history, whoever names files by content.
 * What it knows: libxxhash (XXH3, 128 bits: quick, for our own comparisons, no defence against a forger) and
 * libcrypto (SHA-256 and SHA-1, FIPS 180-4). */
#ifndef GEN_LIB_HASH_H
#define GEN_LIB_HASH_H

#include "base/buf.h"

typedef struct Hash {
	uint64_t high, low;
} Hash;

static inline bool hash_eq(Hash a, Hash b) { return a.high == b.high && a.low == b.low; }
Hash hash_of(Str bytes);
void buf_put_hash(Buf *b, Hash h);  /* 32 lower-case hexadecimal digits, the canonical order */
bool hash_parse(Str hex, Hash *out); /* exactly those */

/* The same over pieces. */
typedef struct HashStream HashStream;
HashStream *hash_start(void);
void hash_more(HashStream *s, Str piece);
Hash hash_end(HashStream *s); /* frees it */

void hash_sha256(Str bytes, uint8_t out[32]);
void hash_sha512(Str bytes, uint8_t out[64]);
/* Whether a signature by a public key holds for some bytes, both as SSH sends them: ssh-ed25519 (RFC 8709),
 * ssh-rsa with rsa-sha2-256 or -512 (RFC 8332), ecdsa-sha2-nistp256 (RFC 5656). Other kinds never hold. */
bool ssh_verify(Str public_key, Str signature, Str bytes);
/* The next field of SSH's wire format, a length of four bytes and as many bytes (RFC 4251 section 5). */
bool ssh_field(Str *rest, Str *field);
void hash_git_blob(Str bytes, uint8_t out[20]); /* git's name for a file's content: SHA-1 over "blob <n>\0" and it */
void buf_put_hex(Buf *b, const uint8_t *bytes, size_t n);
void buf_put_base64(Buf *b, const uint8_t *bytes, size_t n); /* RFC 4648 section 4, padded: for integrity attributes */
const char *hash_xxh_version(void);
const char *hash_crypto_version(void);

#endif
