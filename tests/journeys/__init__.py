"""What people go through in a chat, told once and played on Discord and on the page.

A journey says things, presses things, and asserts only what the person then sees.
"""
