"""The demo agent: a program that plays a coding agent, so that everything can be tried at once.

    python -P -m cc_connect.agents.demo

It has no model. It understands a few words in English and Chinese, and does what a coding agent
does with them: it lists, reads and edits the files of a small sample project (never anything
outside the folder it was started in), asks before it edits, asks questions, makes a plan, keeps a
to-do list, sends a file, and streams its words. It speaks the stream-json protocol of Claude Code;
the driver in `cc_connect.agents.claudecode.demo` starts it by this name.

Environment: `CC_DEMO_SEED=1` puts the sample project into the folder when it is empty;
`CC_DEMO_DELAY` is the time between two words in seconds (0.03).
"""
