/* measure ROUNDS: times commands side by side. Lines on stdin: label TAB what to do before TAB command, for sh.
 * Each round runs every command once, so that a busy minute of the machine falls on all of them alike; the first
 * round is for the caches and is not counted. Prints medians of wall and CPU seconds, the largest process in MiB,
 * the exit status, and the ratios to the first line. A command that fails is shown and makes the status 1. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_MAX = 100, COMMANDS_MAX = 64 };

typedef struct Timed {
	char *label, *before, *command;
	double wall[ROUNDS_MAX], cpu[ROUNDS_MAX];
	long peak; /* KiB */
	int status;
} Timed;

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

/* Runs a line by sh, its output into build/bench/log, and returns its status. */
static int run(const char *line, struct rusage *use) {
	fflush(stdout);
	pid_t child = fork();
	if (!child) {
		int log = open("build/bench/log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644), none = open("/dev/null", O_RDONLY | O_CLOEXEC);
		dup2(none, 0), dup2(log, 1), dup2(log, 2);
		execl("/bin/sh", "sh", "-c", line, (char *)0);
		_exit(127);
	}
	int status = -1;
	if (child < 0 || wait4(child, &status, 0, use) < 0) return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void once(Timed *t, int round) {
	struct rusage use;
	if (*t->before && run(t->before, &use)) t->status = -1;
	double start = now();
	int status = run(t->command, &use);
	if (status) t->status = status;
	if (round < 0) return;
	t->wall[round] = now() - start;
	t->cpu[round] = seconds(use.ru_utime) + seconds(use.ru_stime);
	if (use.ru_maxrss > t->peak) t->peak = use.ru_maxrss;
}

static int by_size(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *list, int n) {
	qsort(list, (size_t)n, sizeof *list, by_size);
	return n % 2 ? list[n / 2] : (list[n / 2 - 1] + list[n / 2]) / 2;
}

static int read_commands(Timed *list) {
	int n = 0;
	char *line = 0;
	size_t cap = 0;
	while (n < COMMANDS_MAX && getline(&line, &cap, stdin) > 0) {
		char *rest = line;
		list[n].label = strdup(strsep(&rest, "\t\n"));
		list[n].before = strdup(rest ? strsep(&rest, "\t\n") : "");
		list[n].command = strdup(rest ? strsep(&rest, "\t\n") : "");
		if (list[n].command && *list[n].command) n++;
	}
	free(line);
	return n;
}

int main(int argc, char **argv) {
	static Timed list[COMMANDS_MAX];
	int rounds = argc > 1 ? (int)strtol(argv[1], 0, 10) : 0, n = read_commands(list), failed = 0;
	if (rounds < 1 || rounds > ROUNDS_MAX || !n) {
		fputs("measure ROUNDS < LINES\n", stderr);
		return 2;
	}
	for (int round = -1; round < rounds; round++)
		for (int i = 0; i < n; i++) once(&list[i], round);
	printf("%-34s %8s %8s %8s %8s %8s\n", "", "wall s", "CPU s", "MiB", "x wall", "x CPU");
	double wall = 0, cpu = 0;
	for (int i = 0; i < n; i++) {
		double w = median(list[i].wall, rounds), c = median(list[i].cpu, rounds);
		if (!i) wall = w, cpu = c;
		printf("%-34s %8.3f %8.3f %8.1f %8.2f %8.2f", list[i].label, w, c, (double)list[i].peak / 1024, w / wall, c / cpu);
		if (list[i].status) printf("  status %d", list[i].status);
		putchar('\n');
		failed |= list[i].status != 0;
	}
	return failed;
}
