"""Chinese texts of `cc-connect init`, `add` and `doctor`."""

from collections.abc import Mapping

CHINESE_SETUP: Mapping[str, str] = {
    # --- what platforms say about themselves
    "discord_guide": '需要一个机器人的 token：{portal} > New Application > Bot > Reset Token。\n在同一页打开 "Message Content Intent"。',
    "discord_refused": "Discord 不接受这个 token；在开发者页面的 Bot 页点 Reset Token 可以得到新的",
    "discord_unreachable": "现在无法询问 Discord（{reason}）",
    "discord_intent": "Message Content Intent 已打开",
    "discord_no_intent": "Message Content Intent 没有打开；请在开发者页面打开（Bot > Privileged Gateway Intents）",
    "discord_no_server": "机器人还不在任何服务器里",
    "discord_servers": "服务器：{count} 个（{names}）",
    "discord_rights": "在 {name} 里缺少这些权限：{rights}",
    "weibo_guide": "需要 AppId 和 AppSecret：在微博给 @微博龙虾助手 发「连接龙虾」，它会回复这两项。",
    "weibo_who": "微博助手",
    "weibo_uid": "已从 token 接口取得 token，uid {uid}",
    "weibo_plain": "ws_endpoint 没有加密（ws://）",
    # --- what agents say about themselves
    "agent_signed_in": "已登录",
    "agent_not_signed_in": "没有登录；请在终端里启动一次并登录",
}
