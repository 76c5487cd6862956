/* serve_edit PORT FILE URL [LIST [EDITS]] -- SERVER...: starts a preview, edits one brief again and again, and reads
 * over loopback until the new text is served: the time from just before the write to the last byte of the first answer
 * that has it. Every other edit changes the title and is looked for on LIST, which shows titles; the others change the
 * text and are looked for on its page. The file is restored. Linux alone: /proc tells what the server costs. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
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

static void write_file(const char *path, Text a, const char *middle, Text b)
{
	char *all = malloc(a.n + strlen(middle) + b.n);
	memcpy(all, a.p, a.n);
	memcpy(all + a.n, middle, strlen(middle));
	memcpy(all + a.n + strlen(middle), b.p, b.n);
	int file = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0644);
	if (file < 0 || write(file, all, a.n + strlen(middle) + b.n) < 0)
		perror(path);
	close(file);
	free(all);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void tell(const char *what, double *times, int n)
{
	qsort(times, (size_t)n, sizeof *times, by_size);
	printf("%-6s median %6.2f ms   99%% %6.2f   best %6.2f   worst %6.2f   of %d\n", what, times[n / 2] * 1e3, times[n * 99 / 100] * 1e3,
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

int main(int argc, char **argv)
{
	int command = 1;
	while (command < argc && strcmp(argv[command], "--"))
		command++;
	if (command < 4 || command + 1 >= argc) {
		fprintf(stderr, "serve_edit PORT FILE URL [LIST [EDITS]] -- SERVER...\n");
		return 2;
	}
	int port = (int)strtol(argv[1], NULL, 10), edits = command > 5 ? (int)strtol(argv[5], NULL, 10) : 200;
	const char *path = argv[2], *url = argv[3], *list = command > 4 ? argv[4] : NULL;
	int file = open(path, O_RDONLY);
	Text old = read_all(file);
	close(file);
	char *body = strstr(old.p, "\n---\n"), *title = strstr(old.p, "\ntitle: \"");
	if (!body || !title) {
		fprintf(stderr, "serve_edit: %s has no front matter with a quoted title\n", path);
		return 2;
	}
	body += 5, title += 9;
	double started = now();
	pid_t server = fork();
	if (!server) {
		execvp(argv[command + 1], argv + command + 1);
		_exit(127);
	}
	while (!serves(port, url, "200 OK") && now() - started < 120 && !waitpid(server, NULL, WNOHANG))
		usleep(2000);
	printf("ready  %.2f s, %.2f CPU s, %ld MiB resident\n", now() - started, cpu_of(server), memory_of(server, "VmRSS"));
	double *pages = malloc((size_t)edits * sizeof *pages), *lists = malloc((size_t)edits * sizeof *lists), spent = cpu_of(server);
	int lists_n = 0, pages_n = 0;
	for (int i = 0; i < edits; i++) {
		char mark[64];
		bool in_title = list && i % 2;
		size_t at = (size_t)((in_title ? title : body) - old.p);
		snprintf(mark, sizeof mark, in_title ? "zz%d%d " : "zz%d%d first.\n\n", (int)server, i);
		usleep(20000); /* an editor pauses; the last edit's events are over */
		double then = now();
		write_file(path, (Text){old.p, at}, mark, (Text){old.p + at, old.n - at});
		mark[strcspn(mark, " ")] = 0;
		if (in_title)
			lists[lists_n++] = wait_for(port, list, mark, then);
		else
			pages[pages_n++] = wait_for(port, url, mark, then);
		if (edits >= 1000 && i % (edits / 10) == edits / 10 - 1)
			printf("%6d edits: %ld MiB resident\n", i + 1, memory_of(server, "VmRSS"));
	}
	printf("edits  %.2f CPU ms each\n", (cpu_of(server) - spent) * 1e3 / edits);
	tell("page", pages, pages_n);
	if (lists_n)
		tell("list", lists, lists_n);
	printf("now    %ld MiB resident, %ld at most\n", memory_of(server, "VmRSS"), memory_of(server, "VmHWM"));
	write_file(path, old, "", (Text){0});
	kill(server, SIGTERM);
	double end = now();
	waitpid(server, NULL, 0);
	printf("ended in %.2f s\n", now() - end);
	return 0;
}
