/* chunk: sixteen bytes looked at together, for the passes that read every byte of every text. Comparing chunks
 * gives 0xFF for each byte where it holds, and chunk_bits makes one bit a byte of that.
 * Who knows it: utf8, doc. What it knows: the compiler's vectors. */
#ifndef GEN_BASE_CHUNK_H
#define GEN_BASE_CHUNK_H

#include <stdint.h>
#include <string.h>

enum { CHUNK = 16 };
typedef unsigned char Chunk __attribute__((vector_size(CHUNK)));

static inline Chunk chunk_at(const char *p)
{
	Chunk x;
	memcpy(&x, p, sizeof x);
	return x;
}

/* Bit i: the highest bit of byte i. */
static inline unsigned chunk_bits(Chunk x)
{
#ifdef __SSE2__
	typedef char Signed __attribute__((vector_size(CHUNK)));
	return (unsigned)__builtin_ia32_pmovmskb128((Signed)x);
#else
	unsigned bits = 0;
	for (unsigned i = 0; i < CHUNK; i++)
		bits |= (unsigned)(x[i] >> 7) << i;
	return bits;
#endif
}

#endif
