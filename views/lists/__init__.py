"""Lists as each reader likes them: saved views, chosen columns, groups; the same for every list.

Read in this order: `look` (what an address says, and what its reader has kept), `bar` (what stands above
the rows), `groups` (rows under their heads), `places` (which lists there are), `pages` (saving, sharing,
defaults). docs/lists.md shows how a list takes part.
"""

from views.lists.look import Look, Shape, look
from views.lists.places import Place, offer, place_for

__all__ = ["Look", "Place", "Shape", "look", "offer", "place_for"]
