/* serve_edit PORT FILE URLS EDITS -- SERVER...: starts a preview, edits one brief again and again, and reads over
 * loopback until the new text is served: the time from just before the write to the last byte of the first answer that
 * has it. URLS: the brief's page, then the lists that show it, with commas between; each kind of edit is looked for on
 * each, EDITS times. The file is restored. Linux alone: /proc tells what the server costs. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct Text {
	char *p;
	size_t n;
} Text;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static Text read_all(int file)
{
	Text t = {malloc(1 << 20), 0};
	size_t cap = 1 << 20;
	ssize_t n;
	while ((n = read(file, t.p + t.n, cap - t.n - 1)) > 0)
		if (cap - (t.n += (size_t)n) < 4096)
			t.p = realloc(t.p, cap *= 2);
	t.p[t.n] = 0;
	return t;
}

static Text fetch(int port, const char *url)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	Text t = {0};
	int s = socket(AF_INET, SOCK_STREAM, 0);
	if (!connect(s, (struct sockaddr *)&to, sizeof to)) {
		dprintf(s, "GET %s HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n", url, port);
		t = read_all(s);
	}
	close(s);
	return t;
}

static bool serves(int port, const char *url, const char *what)
{
	Text t = fetch(port, url);
	bool has = t.p && memmem(t.p, t.n, what, strlen(what));
	free(t.p);
	return has;
}

/* Seconds from then until the text is served; stops the run after ten. */
static double wait_for(int port, const char *url, const char *what, double then)
{
	while (!serves(port, url, what))
		if (now() - then > 10) {
			fprintf(stderr, "serve_edit: %s never showed %s\n", url, what);
			return 10;
		}
	return now() - then;
}

/* What an edit puts in, behind its anchor; the two forms take turns, so that something is always other than before. Each
 * edit but one of the text puts its mark into the title, which pages and lists show. */
static const struct Kind { const char *name, *anchor, *forms[2]; } kinds[] = {
	{"text", NULL, {"", ""}},
	{"title", "\n", {"", ""}},
	{"date", "\ndate: 0000-00-00", {" 10:00", " 11:00"}},
	{"author", "\nauthors:\n", {"  - \"Zoe One\"\n", "  - \"Zoe Two\"\n"}},
	{"region", "\nregions: [", {"\"Zealand\", ", "\"Zambia\", "}},
	{"topic", "\ntopics:\n", {"  - zebra crossings\n", "  - zinc\n"}},
	{"related", "\nrelated:\n", {"", "  - https://example.org/\n"}},
	{"links", "\n---\n", {"[here](/)\n\n", ""}},
};
enum { KINDS = sizeof kinds / sizeof *kinds, URLS = 16 };

/* Behind the anchor, whose zeros stand for any digit; SIZE_MAX: the brief has none. */
static size_t place_of(Text t, const char *anchor)
{
	size_t n = strlen(anchor);
	for (size_t i = 0; i + n <= t.n; i++) {
		size_t k = 0;
		while (k < n && (t.p[i + k] == anchor[k] || (anchor[k] == '0' && t.p[i + k] >= '0' && t.p[i + k] <= '9')))
			k++;
		if (k == n)
			return i + n;
	}
	return SIZE_MAX;
}

static void put(Text *t, size_t at, const char *what)
{
	size_t n = strlen(what);
	t->p = realloc(t->p, t->n + n + 1);
	memmove(t->p + at + n, t->p + at, t->n - at + 1);
	memcpy(t->p + at, what, n);
	t->n += n;
}

static Text edited(Text old, const struct Kind *kind, const char *mark, int turn)
{
	Text t = {malloc(old.n + 1), old.n};
	char words[80];
	memcpy(t.p, old.p, old.n + 1);
	snprintf(words, sizeof words, kind->anchor ? "%s " : "%s first.\n\n", mark);
	if (!kind->anchor)
		put(&t, place_of(t, "\n---\n"), words);
	else if (place_of(t, kind->anchor) != SIZE_MAX) {
		put(&t, place_of(t, kind->anchor), kind->forms[turn % 2]);
		put(&t, place_of(t, "\ntitle: \""), words);
	}
	return t;
}

static void write_file(const char *path, Text t)
{
	int file = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0644);
	if (file < 0 || write(file, t.p, t.n) < 0)
		perror(path);
	close(file);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void tell(const char *what, const char *where, double *times, int n)
{
	qsort(times, (size_t)n, sizeof *times, by_size);
	printf("%-8s %-40s median %6.2f ms   99%% %6.2f   best %6.2f   worst %6.2f   of %d\n", what, where, times[n / 2] * 1e3, times[n * 99 / 100] * 1e3,
	       times[0] * 1e3, times[n - 1] * 1e3, n);
}

static double cpu_of(pid_t pid)
{
	char path[64], line[1024], *p;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	FILE *f = fopen(path, "r");
	long user = 0, system = 0;
	if (f && fgets(line, sizeof line, f) && (p = strrchr(line, ')')))
		sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system);
	if (f)
		fclose(f);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static long memory_of(pid_t pid, const char *key)
{
	char path[64], line[256];
	long kb = 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, key, strlen(key)))
			kb = strtol(line + strlen(key) + 1, NULL, 10);
	if (f)
		fclose(f);
	return kb / 1024;
}

/* Seconds until the new text is served at the url; the file holds it from then on. */
static double measure(int port, const char *path, Text old, const struct Kind *kind, const char *url)
{
	static int turn;
	char mark[32];
	snprintf(mark, sizeof mark, "zz%dx%d", (int)getpid() % 1000, ++turn);
	Text t = edited(old, kind, mark, turn);
	usleep(20000); /* an editor pauses; the last edit's events are over */
	double then = now();
	write_file(path, t);
	double spent = wait_for(port, url, mark, then);
	free(t.p);
	return spent;
}

int main(int argc, char **argv)
{
	if (argc < 7 || strcmp(argv[5], "--")) {
		fprintf(stderr, "serve_edit PORT FILE URLS EDITS -- SERVER...\n");
		return 2;
	}
	int port = (int)strtol(argv[1], NULL, 10), edits = (int)strtol(argv[4], NULL, 10), file = open(argv[2], O_RDONLY), urls_n = 0;
	const char *path = argv[2], *urls[URLS];
	for (char *url = strtok(argv[3], ","); url && urls_n < URLS; url = strtok(NULL, ","))
		urls[urls_n++] = url;
	Text old = read_all(file);
	close(file);
	if (place_of(old, "\n---\n") == SIZE_MAX || place_of(old, "\ntitle: \"") == SIZE_MAX || !urls_n) {
		fprintf(stderr, "serve_edit: %s has no front matter with a quoted title\n", path);
		return 2;
	}
	double started = now();
	pid_t server = fork();
	if (!server) {
		execvp(argv[6], argv + 6);
		_exit(127);
	}
	while (!serves(port, urls[0], "200 OK") && now() - started < 120 && !waitpid(server, NULL, WNOHANG))
		usleep(2000);
	printf("ready    %.2f s, %.2f CPU s, %ld MiB resident\n", now() - started, cpu_of(server), memory_of(server, "VmRSS"));
	double *times = malloc((size_t)edits * sizeof *times);
	for (int k = 0; k < KINDS; k++) {
		double spent = cpu_of(server);
		if (kinds[k].anchor && place_of(old, kinds[k].anchor) == SIZE_MAX)
			continue;
		for (int u = 0; u < (kinds[k].anchor ? urls_n : 1); u++) {
			for (int i = 0; i < edits; i++)
				times[i] = measure(port, path, old, &kinds[k], urls[u]);
			tell(kinds[k].name, urls[u], times, edits);
		}
		printf("%-8s %.2f CPU ms each; %ld MiB resident, %ld at most\n", kinds[k].name,
		       (cpu_of(server) - spent) * 1e3 / edits / (kinds[k].anchor ? urls_n : 1), memory_of(server, "VmRSS"), memory_of(server, "VmHWM"));
		fflush(stdout);
	}
	write_file(path, old);
	kill(server, SIGTERM);
	double end = now();
	waitpid(server, NULL, 0);
	printf("ended in %.2f s\n", now() - end);
	return 0;
}
