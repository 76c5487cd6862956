/* Any bytes as a date and as a strftime format: what is read, written and read again is the same. */
#include "base/date.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Str s = str_n((const char *)data, size);
	Date d = {0}, again;
	const char *why;
	Buf b = {0};
	if (date_parse(s, 540, &d, &why)) {
		buf_put_date(&b, d);
		if (!date_parse(buf_str(&b), 0, &again, &why) || again.seconds != d.seconds || again.has_time != d.has_time || (d.has_time && again.zone != d.zone))
			abort();
	} else if (!why) {
		abort();
	}
	if (size >= 8)
		memcpy(&d.seconds, data, 8);
	d.has_time = d.known = true;
	buf_put_strftime(&b, d, s);
	buf_put_http_date(&b, d);
	buf_release(&b);
	return 0;
}
