"""The agent's end of the stream-json wire, for programs that play Claude Code.

Two of them come with cc-connect: the scripted agent of the test kit and the demo agent. Here is
what they share: the frames (`frames`), the transcript on disk (`transcript`), and the loop that
takes prompts, control requests and interrupts (`seat`). Only the standard library, and threads
instead of asyncio: such a program is started for every conversation and must be there at once.
"""
