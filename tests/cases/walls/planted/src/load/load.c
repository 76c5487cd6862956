#include "load/load.h"
#include "../lib/yaml.h"
static int counter;
static int sneaked; /* once: not in a room */
static const int limit = 3;
static const char *const names[] = {"strcpy(", "a"};
static char *last = 0;
static int table[] = {
	1, 2,
};
struct Row {
	int n;
};
// sprintf(a, b)
/* strcat(
 gets(a) */
int load(char *a, const char *b);
int load(char *a, const char *b) {
	int local = counter;
	strcpy(a, b); snprintf(a, 3, "%s", b);
	return local + limit; /* TODO later */
}
