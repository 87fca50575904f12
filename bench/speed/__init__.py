"""Figures: each module measures one row of the table; `python -m bench` prints all of them.

The program under test is a child process, whatever it is written in. Around it stand the twin of
the Weibo server, on real sockets, and an agent that answers at once and says when it read and when
it wrote (agent.c, or agent.py where there is no compiler).
"""
