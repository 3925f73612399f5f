"""Stacks of paper through a scanner: read, split at their marks, straightened, made small, filed.

`sheets` works on the pages in a process of its own (reading, marks, straighten, compress); `work` leads
it and files what comes out (splitting, filing); `watching` takes in what a scanner puts into a folder.
Nothing is imported here, so that the process of the pages loads neither database nor web.
"""
