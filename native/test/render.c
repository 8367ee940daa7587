/*
 * One line per message. Written apart from the module's own names and escaping, so that a wrong name there is found.
 */
#include "render.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct line {
	char *at;
	size_t left;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
	va_list args;
	int count;

	va_start(args, format);
	count = vsnprintf(line->at, line->left, format, args);
	va_end(args);
	if (count > 0 && (size_t)count < line->left) {
		line->at += count;
		line->left -= (size_t)count;
	}
}

static void add_text(struct line *line, const char *name, struct dg_text text)
{
	add(line, " %s=\"", name);
	for (size_t i = 0; i < text.length; i++) {
		unsigned char c = text.bytes[i];

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			add(line, "\\x%02x", c);
		else
			add(line, "%c", c);
	}
	add(line, "\"");
}

static void add_nonce(struct line *line, const unsigned char *nonce)
{
	add(line, " nonce=");
	for (size_t i = 0; i < DG_NONCE_SIZE; i++)
		add(line, "%02x", nonce[i]);
}

static const char *verdict_name(uint32_t code)
{
	static const struct {
		uint32_t code;
		const char *name;
	} names[] = {{0x2d9b6e53, "allow"},	  {0x91c4a7f8, "deny"},	   {0x78a5e41f, "max-tries"},
		     {0xb3691dc6, "unavailable"}, {0x4ef25ba1, "aborted"}, {0xe6173b8c, "misconfigured"}};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].code == code)
			return names[i].name;
	return "?";
}

void render_daemon(const struct dg_message *message, char buffer[RENDER_SIZE])
{
	struct line line = {.at = buffer, .left = RENDER_SIZE};

	switch (message->type) {
	case DG_TYPE_WELCOME:
		add(&line, "WELCOME version=%u", message->version);
		add_text(&line, "transaction", message->text);
		break;
	case DG_TYPE_INFO:
		add(&line, "INFO");
		add_text(&line, "text", message->text);
		break;
	case DG_TYPE_ERROR:
		add(&line, "ERROR");
		add_text(&line, "text", message->text);
		break;
	case DG_TYPE_PROMPT:
		add(&line, "PROMPT echo=%s", message->echo ? "on" : "off");
		add_text(&line, "text", message->text);
		break;
	case DG_TYPE_KEEPALIVE:
		add(&line, "KEEPALIVE");
		break;
	case DG_TYPE_VERDICT:
		add(&line, "VERDICT %s", verdict_name(message->verdict));
		add_nonce(&line, message->nonce);
		break;
	case DG_TYPE_START:
	case DG_TYPE_ANSWER:
		add(&line, "?");
		break;
	}
}

static void add_facts(struct line *line, const struct dg_start *start)
{
	static const char *const names[] = {"", "user", "service", "rhost", "tty", "ruser", "caller", "command", "budget", "duo-user", "factor"};

	for (unsigned tag = 1; tag < sizeof names / sizeof names[0]; tag++) {
		if (tag == 6)
			add(line, " caller=%u", start->caller);
		else if (tag == 8)
			add(line, " budget=%u", start->budget_ms);
		else if (start->texts[tag].bytes != NULL)
			add_text(line, names[tag], start->texts[tag]);
	}
}

void render_helper(const struct peer_message *message, char buffer[RENDER_SIZE])
{
	struct line line = {.at = buffer, .left = RENDER_SIZE};

	if (message->type == DG_TYPE_START) {
		add(&line, "START version=%u flags=0x%02x", message->start.version, message->start.flags);
		add_nonce(&line, message->start.nonce);
		add_facts(&line, &message->start);
		return;
	}
	add(&line, "ANSWER %s", message->status == PEER_GIVEN ? "given" : "cancelled");
	add_text(&line, "text", message->text);
}
