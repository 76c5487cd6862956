#include "write/signals.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
enum { CAUGHT = sizeof caught / sizeof *caught };

struct Signals {
	void (*cleanup)(void *user, int signal);
	void *user;
	int pipe[2];
	pthread_t thread;
	struct sigaction before[CAUGHT];
};

/* A handler is given nothing but its number, and signals belong to the process: the one object here that is not
 * handed over is the pipe's end that it writes to. */
static volatile sig_atomic_t wake = -1;

static void on_signal(int number)
{
	int saved = errno;
	unsigned char c = (unsigned char)number;
	ssize_t ignored = write(wake, &c, 1);
	(void)ignored;
	errno = saved;
}

static void *watch(void *v)
{
	Signals *s = v;
	unsigned char number = 0;
	ssize_t n;
	do
		n = read(s->pipe[0], &number, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1) {
		s->cleanup(s->user, number);
		_exit(128 + number);
	}
	return NULL;
}

Signals *signals_catch(void (*cleanup)(void *user, int signal), void *user)
{
	Signals *s = mem_alloc(sizeof *s);
	*s = (Signals){.cleanup = cleanup, .user = user};
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (pipe2(s->pipe, O_CLOEXEC)) {
		free(s);
		return NULL;
	}
	if (pthread_create(&s->thread, NULL, watch, s)) {
		close(s->pipe[0]);
		close(s->pipe[1]);
		free(s);
		return NULL;
	}
	wake = s->pipe[1];
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
	for (int i = 0; i < CAUGHT; i++)
		if (!sigaction(caught[i], NULL, &s->before[i]) && s->before[i].sa_handler != SIG_IGN)
			sigaction(caught[i], &action, NULL);
	return s;
}

void signals_release(Signals *s)
{
	if (!s)
		return;
	for (int i = 0; i < CAUGHT; i++)
		sigaction(caught[i], &s->before[i], NULL);
	wake = -1;
	close(s->pipe[1]); /* the thread reads the end of it */
	pthread_join(s->thread, NULL);
	close(s->pipe[0]);
	free(s);
}
