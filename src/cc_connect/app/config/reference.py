"""Names that existing configurations use: agents, platforms, their options, and odd keys.

A configuration written for the program that came before is read as it is. What it may name and this
program does not have yet is told as "known, but not built yet" and not as a mistake.
"""

from collections.abc import Mapping


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PROXY = "proxy proxy_username proxy_password"

SHARED_AGENT_OPTIONS = _names(
    """work_dir mode model cmd env provider reasoning_effort allowed_tools disallowed_tools
    system_prompt append_system_prompt router_url router_api_key timeout_mins cli_path command"""
)
"""What most agents understand; accepted for every agent."""

AGENT_OPTIONS: Mapping[str, frozenset[str]] = {
    "acp": _names("args auth_method display_name"),
    "antigravity": frozenset(),
    "claudecode": _names("max_context_tokens plugin_dir cli_args_flag cmd_args_flag"),
    "codex": _names("backend app_server_url codex_home"),
    "copilot": frozenset(),
    "cursor": frozenset(),
    "devin": _names("args display_name"),
    "gemini": frozenset(),
    "iflow": _names("tool_timeout_secs"),
    "kimi": frozenset(),
    "opencode": _names("agent"),
    "pi": _names("rpc thinking"),
    "qoder": frozenset(),
    "reasonix": _names("serve_url"),
    "tmux": _names(
        """session pane auto_create shell init_command startup_wait_ms prompt_pattern
        poll_interval_ms strip_patterns strip_input_block window_per_session"""
    ),
}
"""Further options by agent."""

SHARED_PLATFORM_OPTIONS = _names(
    f"""allow_from allow_chat group_only group_reply_all share_session_in_channel session_scope
    thread_isolation reaction_emoji done_emoji progress_style {_PROXY}"""
)
"""What most platforms understand; accepted for every platform."""

_FEISHU = _names(
    """app_id app_secret domain enable_feishu_card reply_to_trigger require_mention
    respond_to_at_everyone_and_here resolve_mentions mention_map peer_bots image_batch_window_ms
    encrypt_key port callback_path"""
)
_CLOUD_WEB = _names(
    """transport token base_url ws_url long_poll_timeout_ms events_path send_path listen
    webhook_path public_url register_url name"""
)

PLATFORM_OPTIONS: Mapping[str, frozenset[str]] = {
    "bridge": frozenset(),
    "cloud-web": _CLOUD_WEB,
    "cloud_web": _CLOUD_WEB,
    "dingtalk": _names(
        """client_id client_secret agent_id robot_code card_template_id card_template_key
        card_throttle_ms"""
    ),
    "discord": _names(
        "token guild_id group_reply_all_guilds respond_to_at_everyone_and_here reply_hud"
    ),
    "feishu": _FEISHU,
    "googlechat": _names("subscription credentials_file"),
    "lark": _FEISHU,
    "line": _names("channel_secret channel_token port callback_path"),
    "matrix": _names(
        "homeserver access_token user_id auto_join auto_verify cross_signing_password"
    ),
    "max": _names(
        """token api_base webhook_url webhook_listen webhook_path webhook_secret
        webhook_resubscribe_interval"""
    ),
    "qq": _names("ws_url token http_url"),
    "qqbot": _names("app_id app_secret sandbox markdown_support intents"),
    "slack": _names("bot_token app_token"),
    "telegram": _names("token enable_reactions"),
    "tuitui": _names(
        """app_id app_secret group_allow_from group_policy require_mention history_limit
        receive_reaction ignore_from api_base ws_base"""
    ),
    "webex": _names("token"),
    "wecom": _names(
        """corp_id corp_secret agent_id callback_token callback_aes_key port callback_path
        api_base_url enable_markdown mode bot_id bot_secret"""
    ),
    "weibo": _names("app_id app_secret token_endpoint ws_endpoint name"),
    "weixin": _names(
        """token base_url cdn_base_url account_id route_tag long_poll_timeout_ms state_dir
        burst_limit burst_window_secs"""
    ),
    "wps-agentspace": _names("app_id base_url device_name device_uuid wps_sid"),
    "wps-xiezuo": _names("app_id app_secret base_url clean_reply"),
    "yuanbao": _names("bot_token api_domain ws_url route_env"),
}
"""Further options by platform."""

TOP_KEYS = _names("audit")
"""Tables of some versions that have no place in the models."""

PROJECT_KEYS = _names("agent_types reply_footer_tokens")
"""Keys of a project, in some versions, that have no place in the models."""


def agent_options(kind: str) -> frozenset[str]:
    """Every option known for an agent; for an agent nobody knows, none."""
    known = AGENT_OPTIONS.get(kind)
    return frozenset() if known is None else known | SHARED_AGENT_OPTIONS


def platform_options(kind: str) -> frozenset[str]:
    """Every option known for a platform; for a platform nobody knows, none."""
    known = PLATFORM_OPTIONS.get(kind)
    return frozenset() if known is None else known | SHARED_PLATFORM_OPTIONS
