/*
 * The order of a transaction, and nothing else: 1. the path is trusted, 2. connect, 3. the peer is genuine, 4. a fresh nonce, 5. the
 * dialogue. SECURITY: nothing is sent before 1 and 3 hold.
 */
#include "transaction.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "channel.h"
#include "peer.h"

static void end(struct dg_outcome *outcome, enum dg_ending ending, int error, const char *detail)
{
	outcome->result.ending = ending;
	outcome->result.error = error;
	outcome->result.detail = detail;
}

static bool fill_nonce(unsigned char nonce[DG_NONCE_SIZE])
{
	ssize_t count;

	do
		count = getrandom(nonce, DG_NONCE_SIZE, 0);
	while (count < 0 && errno == EINTR);
	return count == DG_NONCE_SIZE;
}

static bool path_is_trusted(const struct dg_transaction *transaction, struct dg_outcome *outcome)
{
	enum dg_path_fault fault = dg_path_check(transaction->path, transaction->owner, &outcome->path);

	if (fault == DG_PATH_OK)
		return true;
	if (fault == DG_PATH_MISSING)
		end(outcome, DG_ENDING_UNREACHABLE, 0, "there is no socket");
	else
		end(outcome, DG_ENDING_BAD_PATH, outcome->path.error, dg_path_advice(fault));
	return false;
}

/*
 * SECURITY: PROTOCOL section 6. Where others may connect, as on login.sock, a crowd of them can fill the queue: with failmode=safe
 * in a screen locker's line, its silence would be their way in. Only that nobody listens proves absence there.
 */
static void judge_waiting(struct dg_outcome *outcome)
{
	if (outcome->result.ending == DG_ENDING_UNREACHABLE && outcome->path.for_others)
		outcome->result.ending = DG_ENDING_CROWDED;
}

static bool connects(const struct dg_transaction *transaction, int64_t deadline, struct dg_channel *channel, struct dg_outcome *outcome)
{
	switch (dg_channel_open(transaction->path, deadline, channel)) {
	case DG_IO_DONE:
		return true;
	case DG_IO_TIMED_OUT:
		end(outcome, DG_ENDING_UNREACHABLE, 0, "its queue of connections stayed full");
		judge_waiting(outcome);
		return false;
	case DG_IO_ENDED:
		end(outcome, DG_ENDING_UNREACHABLE, 0, "nobody listens on the socket");
		return false;
	case DG_IO_PENDING:
	case DG_IO_FAILED:
		break;
	}
	end(outcome, DG_ENDING_FAILED, errno, "cannot connect");
	return false;
}

static bool peer_is_genuine(const struct dg_transaction *transaction, const struct dg_channel *channel, struct dg_outcome *outcome)
{
	switch (dg_peer_check(channel->fd, transaction->owner, &outcome->peer)) {
	case DG_PEER_OK:
		return true;
	case DG_PEER_STRANGER:
		end(outcome, DG_ENDING_BAD_PEER, 0, "the process behind the socket is not duogated");
		return false;
	case DG_PEER_FAILED:
		break;
	}
	end(outcome, DG_ENDING_FAILED, errno, "cannot learn who listens on the socket");
	return false;
}

void dg_transaction_run(const struct dg_transaction *transaction, struct dg_start *start, const struct dg_ui *ui, struct dg_outcome *outcome)
{
	int64_t began = dg_channel_now(NULL);
	int64_t total = began + transaction->timeout_ms;
	int64_t connect_by = began + DG_CONNECT_MS < total ? began + DG_CONNECT_MS : total;
	struct dg_channel channel = {.fd = -1};
	struct dg_transport transport;

	memset(outcome, 0, sizeof *outcome);
	end(outcome, DG_ENDING_FAILED, 0, "");
	start->version = DG_VERSION;
	start->budget_ms = transaction->timeout_ms;

	if (!path_is_trusted(transaction, outcome))
		return;
	ui->trace(ui->context, "trusted the path", transaction->path);
	if (!connects(transaction, connect_by, &channel, outcome))
		return;
	ui->trace(ui->context, "connected to", transaction->path);
	if (!peer_is_genuine(transaction, &channel, outcome))
		goto close;
	if (!fill_nonce(start->nonce)) {
		end(outcome, DG_ENDING_FAILED, errno, "cannot get random bytes");
		goto close;
	}
	transport = dg_channel_transport(&channel);
	dg_dialogue_run(&transport, ui, start, began, total, &outcome->result);
	judge_waiting(outcome);
close:
	dg_channel_close(&channel);
	explicit_bzero(start->nonce, sizeof start->nonce);
}
