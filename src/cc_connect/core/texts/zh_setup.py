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
    # --- cc-connect init, cc-connect add
    "setup_new": "将新建 {path}。",
    "setup_adds": "{path} 已存在，将在其中添加。",
    "setup_platform": "你想在哪里和 agent 对话？",
    "setup_number": "编号",
    "setup_secret": "{name}（输入不显示；也可写 ${{NAME}} 表示环境变量）",
    "setup_value": "{name}",
    "setup_missing": "缺少：{keys}",
    "setup_too_often": "仍被拒绝；没有写入任何内容",
    "setup_keep": "不检查就采用吗？（y/n）",
    "setup_invite": "打开此链接，把机器人邀请到你的服务器：",
    "setup_who": "谁可以使用？填 id，用逗号分隔。不填时，直接给机器人发消息的人会得到一个配对码，\n只有你在这台机器上才能用它放行。",
    "setup_ids": "id（直接回车表示没有）",
    "setup_work_dir": "agent 在哪个文件夹里工作？",
    "setup_no_folder": "{path} 不是可读的文件夹",
    "setup_agent": "用哪个 agent？",
    "setup_no_agent": "! 没有安装任何编程 agent，先由内置的演示 agent 回答。安装方法：{install}",
    "setup_project": "加到哪个项目？",
    "setup_unknown": "没有 {name}；可选：{there}",
    "setup_taken": "已经有名为 {name} 的项目",
    "setup_no_project": "{path} 里还没有项目；先新建：{command} init",
    "setup_written": "✓ 已写入：{path}（仅本人可读，权限 0600）",
    "setup_start": "现在启动（已在运行则重启）：{command}",
    "setup_open": "然后打开它显示的链接。",
    "setup_send": "然后给 {who} 发一条消息。",
    "setup_bot": "机器人",
    "setup_pair": "它会回复一个配对码；用它给自己放行：{command} pair CODE",
}
