"""What leaves on paper: a code and a frozen context in, a PDF out.

`printing.registry.render(code, context)` is the door for everything else.
"""
