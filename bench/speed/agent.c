/* An agent that answers at once, put where `claude` stands: the figures are then the bridge's own.
 *
 * It speaks the stream-json protocol of Claude Code on stdin and stdout. Every answer ends in
 * "read=<ns> wrote=<ns>": the monotonic time at which the prompt was read, and the time at which the
 * answer was written. A prompt may ask for more than a word:
 *
 *   @pieces N SIZE@   the answer comes in N pieces of SIZE bytes
 *   @tools N@         N tool calls before the answer
 *
 * Partial messages are sent when the command line asks for them, as Claude Code does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char session[128] = "00000000-0000-4000-8000-000000000000";
static int partial = 0;
static long runs = 0;

static long long now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

/* The text value of a key: the first one in the line, or "". */
static void value(const char *line, const char *key, char *into, size_t size)
{
    char wanted[64];
    const char *at, *end;
    into[0] = 0;
    snprintf(wanted, sizeof wanted, "\"%s\"", key);
    at = strstr(line, wanted);
    if (!at) return;
    at = strchr(at + strlen(wanted), '"');
    if (!at) return;
    end = strchr(++at, '"');
    if (!end || (size_t)(end - at) >= size) return;
    memcpy(into, at, (size_t)(end - at));
    into[end - at] = 0;
}

static void controlled(const char *line)
{
    char request[128];
    value(line, "request_id", request, sizeof request);
    printf("{\"type\":\"control_response\",\"response\":{\"subtype\":\"success\",\"request_id\":\"%s\","
           "\"response\":{\"commands\":[],\"models\":[],\"current_permission_mode\":\"default\","
           "\"session_state\":\"idle\"}}}\n", request);
}

static void lived(const char *prompt, const char *state)
{
    if (*prompt)
        printf("{\"type\":\"command_lifecycle\",\"command_uuid\":\"%s\",\"state\":\"%s\"}\n", prompt, state);
}

static void delta(const char *text)
{
    printf("{\"type\":\"stream_event\",\"event\":{\"type\":\"content_block_delta\",\"index\":0,"
           "\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}},\"parent_tool_use_id\":null}\n", text);
}

static void event(const char *inner)
{
    printf("{\"type\":\"stream_event\",\"event\":{%s},\"parent_tool_use_id\":null}\n", inner);
}

static void tools(long count)
{
    for (long n = 0; n < count; n++)
        printf("{\"type\":\"assistant\",\"message\":{\"id\":\"t%ld\",\"type\":\"message\",\"role\":\"assistant\","
               "\"model\":\"instant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"toolu_%ld\",\"name\":\"Bash\","
               "\"input\":{\"command\":\"echo %ld\"}}],\"stop_reason\":null},\"session_id\":\"%s\","
               "\"parent_tool_use_id\":null}\n"
               "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\","
               "\"tool_use_id\":\"toolu_%ld\",\"content\":\"%ld\",\"is_error\":false}]},"
               "\"session_id\":\"%s\",\"parent_tool_use_id\":null}\n",
               n, n, n, session, n, n, session);
}

static void begin(void)
{
    if (partial) {
        event("\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":"
              "\"assistant\",\"model\":\"instant\",\"content\":[],\"usage\":{\"input_tokens\":100,"
              "\"output_tokens\":1}}");
        event("\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}");
    }
}

static void run(const char *line)
{
    long long read_at = now();
    long count = 0, size = 0, calls = 0;
    char prompt[128], words[128];
    char *piece = NULL;
    const char *asked = strstr(line, "@pieces ");
    if (asked) sscanf(asked, "@pieces %ld %ld@", &count, &size);
    asked = strstr(line, "@tools ");
    if (asked) sscanf(asked, "@tools %ld@", &calls);
    value(line, "uuid", prompt, sizeof prompt);
    lived(prompt, "started");
    printf("{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":\"%s\",\"cwd\":\"/\",\"model\":\"instant\","
           "\"permissionMode\":\"default\",\"tools\":[\"Bash\"],\"slash_commands\":[],\"capabilities\":[%s]}\n",
           session, *prompt ? "\"msg_lifecycle_v1\"" : "");
    tools(calls);
    begin();
    if (count > 0 && size > 0) {
        piece = malloc((size_t)size + 1);
        memset(piece, 'x', (size_t)size);
        piece[size - 1] = ' ';
        piece[size] = 0;
        for (long n = 0; partial && n < count; n++) delta(piece);
    }
    snprintf(words, sizeof words, "ok read=%lld wrote=%lld", read_at, now());
    if (partial) delta(words);
    printf("{\"type\":\"assistant\",\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\","
           "\"model\":\"instant\",\"content\":[{\"type\":\"text\",\"text\":\"");
    for (long n = 0; piece && n < count; n++) fputs(piece, stdout);
    printf("%s\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":100,\"output_tokens\":20}},"
           "\"session_id\":\"%s\",\"parent_tool_use_id\":null}\n", words, session);
    if (partial) {
        event("\"type\":\"content_block_stop\",\"index\":0");
        event("\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
              "\"usage\":{\"input_tokens\":100,\"output_tokens\":20}");
        event("\"type\":\"message_stop\"");
    }
    printf("{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":false,\"terminal_reason\":\"completed\","
           "\"num_turns\":1,\"result_index\":%ld,\"queued_turn_count\":0,\"session_id\":\"%s\","
           "\"duration_ms\":1,\"total_cost_usd\":0.001,\"usage\":{\"input_tokens\":100,\"output_tokens\":20},"
           "\"modelUsage\":{},\"permission_denials\":[],\"result\":\"", runs++, session);
    for (long n = 0; piece && n < count; n++) fputs(piece, stdout);
    printf("%s\"}\n", words);
    lived(prompt, "completed");
    free(piece);
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t size = 0;
    static char buffer[1 << 16];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    for (int n = 1; n < argc; n++) {
        if (!strcmp(argv[n], "--version") || !strcmp(argv[n], "-v")) {
            puts("2.1.329 (Claude Code)");
            return 0;
        }
        if (!strcmp(argv[n], "--include-partial-messages")) partial = 1;
        if ((!strcmp(argv[n], "--session-id") || !strcmp(argv[n], "--resume")) && n + 1 < argc)
            snprintf(session, sizeof session, "%s", argv[n + 1]);
    }
    while (getline(&line, &size, stdin) > 0) {
        if (strstr(line, "\"control_request\"")) controlled(line);
        else if (strstr(line, "\"user\"")) run(line);
        fflush(stdout);
    }
    return 0;
}
