/* Any bytes as JSON: refused with a place inside the text, or read; and what was written is read as the same again. */
#include "lib/json.h"

#include "base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena a = {0};
	Buf first = {0}, second = {0};
	Str why = {0}, text = str_n((const char *)data, size);
	Value v, again;
	size_t offset = 0;
	if (json_parse(text, &a, &v, &why, &offset)) {
		for (int style = 0; style < 4; style++) {
			JsonStyle how = {.indent = style & 1, .sorted = style & 2};
			buf_clear(&first);
			buf_clear(&second);
			json_write(&first, v, &a, how);
			if (utf8_invalid(buf_str(&first)) != SIZE_MAX || !json_parse(buf_str(&first), &a, &again, &why, &offset))
				abort();
			json_write(&second, again, &a, how);
			if (!str_eq(buf_str(&first), buf_str(&second)))
				abort();
		}
	} else if (offset > size || !why.n) {
		abort();
	}
	buf_release(&first);
	buf_release(&second);
	arena_release(&a);
	return 0;
}
