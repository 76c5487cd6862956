#include "lib/watch.h"

#include "base/table.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <uv.h>

typedef struct WatchedFolder {
	uv_fs_event_t event; /* first: the handle is the folder */
	Watch *watch;
	char *path;
} WatchedFolder;

struct Watch {
	uv_loop_t loop;
	void (*changed)(void *, Str, Str);
	void *user;
	Table folders; /* path -> WatchedFolder */
	int waker;
};

const char *watch_version(void) { return uv_version_string(); }

Watch *watch_open(void (*changed)(void *user, Str folder, Str name), void *user)
{
	Watch *w = mem_alloc(sizeof *w);
	*w = (Watch){.changed = changed, .user = user, .waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	if (uv_loop_init(&w->loop))
		die_oom();
	return w;
}

static void folder_closed(uv_handle_t *handle)
{
	WatchedFolder *f = (WatchedFolder *)handle;
	free(f->path);
	free(f);
}

static void folder_forget(WatchedFolder *f)
{
	table_remove(&f->watch->folders, str_of(f->path));
	uv_close((uv_handle_t *)&f->event, folder_closed);
}

static void folder_event(uv_fs_event_t *event, const char *name, int events, int status)
{
	WatchedFolder *f = (WatchedFolder *)event;
	(void)events;
	f->watch->changed(f->watch->user, str_of(f->path), status || !name ? (Str){0} : str_of(name));
	if (access(f->path, F_OK)) /* the folder itself has gone; a new one of that name is watched anew */
		folder_forget(f);
}

bool watch_add(Watch *w, const char *folder)
{
	if (table_get(&w->folders, str_of(folder)))
		return true;
	WatchedFolder *f = mem_alloc(sizeof *f);
	*f = (WatchedFolder){.watch = w};
	uv_fs_event_init(&w->loop, &f->event);
	f->path = mem_alloc(strlen(folder) + 1);
	memcpy(f->path, folder, strlen(folder) + 1);
	int error = uv_fs_event_start(&f->event, folder_event, folder, 0);
	table_put(&w->folders, str_of(f->path), f);
	if (!error)
		return true;
	folder_forget(f);
	errno = -error;
	return false;
}

void watch_poll(Watch *w)
{
	uv_run(&w->loop, UV_RUN_NOWAIT);
}

void watch_wait(Watch *w, int milliseconds)
{
	struct pollfd fds[] = {{.fd = uv_backend_fd(&w->loop), .events = POLLIN}, {.fd = w->waker, .events = POLLIN}};
	uint64_t drained;
	poll(fds, 2, milliseconds);
	ssize_t n = read(w->waker, &drained, sizeof drained);
	(void)n;
}

void watch_wake(Watch *w)
{
	uint64_t one = 1;
	ssize_t n = write(w->waker, &one, sizeof one);
	(void)n;
}


void watch_close(Watch *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->folders.cap; i++)
		if (w->folders.slots[i].value)
			uv_close((uv_handle_t *)w->folders.slots[i].value, folder_closed);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	uv_loop_close(&w->loop);
	table_release(&w->folders);
	close(w->waker);
	free(w);
}
