/* replay: a fuzz target as a plain test. Feeds every file of the folder given to LLVMFuzzerTestOneInput, in the
 * order of their names, and writes TAP: a seed that kills the program is the one that was not reported. */
#include <dirent.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int feed(const char *path, const char *name)
{
	FILE *f = fopen(path, "rb");
	if (!f || fseek(f, 0, SEEK_END))
		return 1;
	size_t size = (size_t)ftell(f);
	rewind(f);
	uint8_t *data = malloc(size ? size : 1); /* its own piece, so that a sanitizer sees one byte too far */
	size_t got = data ? fread(data, 1, size, f) : 0;
	fclose(f);
	if (data && got == size)
		LLVMFuzzerTestOneInput(data, size);
	free(data);
	printf("%s - %s\n", data && got == size ? "ok" : "not ok", name);
	fflush(stdout);
	return got != size;
}

int main(int argc, char **argv)
{
	struct dirent **seed;
	int n = argc == 2 ? scandir(argv[1], &seed, visible, alphasort) : -1, failed = 0;
	if (n <= 0) {
		printf("not ok - no seeds in %s\n", argc == 2 ? argv[1] : "no folder");
		return 1;
	}
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];
		snprintf(path, sizeof path, "%s/%s", argv[1], seed[i]->d_name);
		failed |= feed(path, seed[i]->d_name);
		free(seed[i]);
	}
	free(seed);
	return failed;
}
