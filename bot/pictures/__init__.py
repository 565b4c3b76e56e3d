"""Pictures of a run's timeline: one scene of simple shapes, drawn as PNG or SVG. No I/O, no clock, no settings.

Only `bot.pictures.png` imports Pillow, which takes 0.1 s: import that module where a picture is made, not at the top.
"""
