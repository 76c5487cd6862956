/* The preview: one generation of the site in memory, made anew when anything has changed, and pages rendered when they
 * are asked for. Two threads: the main one waits for changes; the server's answers. Both first take the lock and look
 * whether something has happened, so a request that follows a save sees it, however fast it follows. */
#include "serve/serve.h"

#include "base/utf8.h"
#include "lib/http.h"
#include "serve/answer.h"
#include "serve/follow.h"
#include "serve/request.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Preview {
	const Options *options;
	pthread_mutex_t lock; /* over follow */
	Follow follow;
	Http *http;
} Preview;

static volatile sig_atomic_t ended;
static Watch *to_wake; /* handler: whom to wake */

static void on_signal(int number)
{
	(void)number;
	ended = 1;
	if (to_wake)
		watch_wake(to_wake);
}

/* A line on the terminal: what changed and how long it took. Names of files are not trusted with a terminal. */
static void say_change(const Preview *p, double seconds)
{
	Diags faults = {0};
	Buf b = {0};
	follow_faults(&p->follow, &faults);
	buf_put_visible(&b, buf_str(&p->follow.seen));
	if (!b.n || p->follow.found) {
		buf_clear(&b);
		buf_lit(&b, "the archive");
	}
	buf_printf(&b, " (%s): %.1f ms%s\n", p->follow.found ? "found by looking" : "seen at once", seconds * 1e3, diags_worst(&faults) >= DIAG_ERROR ? "; the last good state stays:" : "");
	if (diags_worst(&faults) >= DIAG_ERROR)
		diags_print(&faults, &b, report_colour(2), DIAG_ERROR);
	fwrite(b.p, 1, b.n, stderr);
	buf_release(&b);
	diags_release(&faults);
}

static void say_checks(Preview *p)
{
	Diags checks = {0};
	Buf b = {0};
	follow_checks(&p->follow, NULL, &checks);
	if (checks.n)
		buf_lit(&b, "what is shown is the newest state, but a build would stop at this:\n");
	diags_print(&checks, &b, report_colour(2), DIAG_ERROR);
	fwrite(b.n ? b.p : "", 1, b.n, stderr);
	buf_release(&b);
	diags_release(&checks);
}

/* Under the lock. */
static void look(Preview *p)
{
	static const Str events[] = {[FOLLOW_CHECKS] = STR_INIT("reload"), [FOLLOW_STYLES] = STR_INIT("styles"), [FOLLOW_PAGES] = STR_INIT("reload")};
	double from = report_clock();
	FollowChange change = follow_look(&p->follow);
	if (change == FOLLOW_SAME)
		return;
	if (p->http)
		http_send(p->http, change == FOLLOW_PAGES && p->options->navigate ? S("navigate") : events[change], S("1"));
	if (!p->options->quiet && change == FOLLOW_CHECKS)
		say_checks(p);
	else if (!p->options->quiet)
		say_change(p, report_clock() - from);
}

static void handle(void *user, const HttpRequest *q, HttpAnswer *a)
{
	Preview *p = user;
	if (!request_allowed(q, p->options)) {
		a->status = 403;
		return;
	}
	pthread_mutex_lock(&p->lock);
	look(p);
	answer(&p->follow, q, a);
	pthread_mutex_unlock(&p->lock);
	request_finish(q, a);
}

/* ---- gen serve ---- */

static bool start(Preview *p)
{
	const Options *o = p->options;
	Arena a = {0};
	HttpOptions http = {.address = o->bind.n ? str_c(&a, o->bind) : "127.0.0.1", .port = (uint16_t)o->port, .handler = handle, .user = p};
	p->http = http_open(&http);
	if (!p->http && errno == EADDRINUSE)
		fprintf(stderr, "gen: cannot listen on %s port %d: it is in use\n  = another gen serve may be running; gen serve --port %d takes another port\n",
		        http.address, (int)o->port, (int)o->port + 1);
	else if (!p->http)
		fprintf(stderr, "gen: cannot listen on %s port %d: %s\n", http.address, (int)o->port, disk_why(errno));
	else if (o->bind.n && !str_starts(o->bind, S("127.")) && !str_eq(o->bind, S("::1")))
		fprintf(stderr, "gen: warning: other machines can read this preview, drafts and all, at %s\n", http.address);
	arena_release(&a);
	return p->http != NULL;
}

/* An editor's save is several events; those of a moment are taken together. A request does not wait for that. */
static void wait_for_changes(Preview *p)
{
	enum { MOMENT = 10000 }; /* microseconds */
	int patience = 1000;
	while (!ended) {
		watch_wait(p->follow.watch, patience);
		if (!ended)
			usleep(MOMENT);
		pthread_mutex_lock(&p->lock);
		look(p);
		patience = follow_patience(&p->follow);
		pthread_mutex_unlock(&p->lock);
	}
}

/* --open: the desktop knows its browser. Forked twice, so that nobody has to wait for it. */
static void open_browser(const char *url)
{
	pid_t child = fork();
	if (!child) {
		if (!fork()) {
			execlp("xdg-open", "xdg-open", url, (char *)NULL);
			fprintf(stderr, "gen: xdg-open cannot be run, so no browser was opened; go to %s\n", url);
		}
		_exit(0);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
}

static void run(Preview *p)
{
	Arena a = {0};
	Str base = p->follow.site ? p->follow.site->base : (Str){0};
	Str url = str_printf(&a, "http://localhost:%d%.*s/", (int)p->options->port, STR_ARG(base));
	fprintf(stderr, "%s   (Ctrl-C ends it; %s_preview/ shows what the next commit publishes)\n", url.p, url.p);
	if (p->options->open)
		open_browser(url.p);
	arena_release(&a);
	wait_for_changes(p);
}

int serve_run(const Options *given)
{
	Options options = *given;
	options.drafts = !given->no_drafts;
	options.keep_going = true; /* a brief that was broken before is shown as it was committed */
	Preview p = {.options = &options};
	pthread_mutex_init(&p.lock, NULL);
	int status = 3;
	if (follow_open(&p.follow, &options)) {
		to_wake = p.follow.watch;
		signal(SIGINT, on_signal);
		signal(SIGTERM, on_signal);
		if (start(&p)) {
			run(&p);
			status = 0;
		}
		http_close(p.http);
		to_wake = NULL;
	} else {
		report_diags(&p.follow.archive->diags, DIAG_ERROR);
	}
#ifdef GEN_ARENA_PIECES /* where leaks are looked for; else the process's end is ten times as fast */
	follow_close(&p.follow);
#endif
	pthread_mutex_destroy(&p.lock);
	return status;
}
