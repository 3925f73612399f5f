"""The counter: receive a dossier, guide the citizen once and completely, or refuse, on one page.

Read in this order: `form` (what is typed), `lines` (papers, fees, lacks of the procedure), `desk`
(one visit: form and lines together, and what they give), `opening` (how a visit begins), `known`
(who and what is known already), `page` (the addresses).
"""

from views.counter.page import Counter

__all__ = ["Counter"]
