/* A manifest that is not ours: parsed or refused, never more; what is believed prints as it was read. The last line
 * is made right first, or the hash would keep everything out. */
#include "write/manifest.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena a = {0};
	Buf b = {0}, back = {0};
	Manifest m;
	Str text = str_n((const char *)data, size);
	manifest_parse(text, &a, &m);
	size_t lines = 0;
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	buf_puts(&b, text);
	buf_printf(&b, "end %zu ", lines ? lines - 1 : 0);
	buf_put_hash(&b, hash_of(text));
	buf_putc(&b, '\n');
	if (manifest_parse(buf_str(&b), &a, &m)) {
		for (size_t i = 0; i < m.n; i++)
			if (manifest_find(&m, m.files[i].path) != &m.files[i])
				abort();
		manifest_print(&m, &back);
		Manifest again;
		if (!manifest_parse(buf_str(&back), &a, &again) || again.n != m.n)
			abort();
	}
	buf_release(&b);
	buf_release(&back);
	arena_release(&a);
	return 0;
}
