"""Where a stack is parted: the rule on every order of covers, slips, doubtful marks and blank backs."""

import random

import pytest

from services.scanning.splitting import Sheet, Sign, split

A = Sign("a", "CODE-A")
B = Sign("b", "CODE-B")
A1 = Sign("a", "CODE-A", "paper-1", cover=True)
A2 = Sign("a", "CODE-A", "paper-2", cover=True)
B1 = Sign("b", "CODE-B", "paper-1", cover=True)
PAGE, BLANK, LOST = "page", "blank", "lost"


def sheets(*stack):
    made = []
    for number, thing in enumerate(stack, 1):
        sign = thing if isinstance(thing, Sign) else None
        doubt = "unreadable" if thing == LOST else None
        made.append(Sheet(number, sign=sign, doubt=doubt, blank=thing == BLANK))
    return made


def pieces(*stack):
    return [(p.sign, p.why, p.numbers) for p in split(sheets(*stack))]


@pytest.mark.parametrize(
    ("stack", "wanted"),
    [
        ((), []),
        ((BLANK, BLANK), []),
        ((PAGE,), [(None, "no_mark", [1])]),
        ((A1,), []),
        ((A1, BLANK, A2, BLANK), []),
        ((A1, PAGE, BLANK, PAGE), [(A1, None, [2, 4])]),
        ((A1, PAGE, A2, PAGE, B1, PAGE), [(A1, None, [2]), (A2, None, [4]), (B1, None, [6])]),
        ((PAGE, A1, PAGE), [(None, "no_mark", [1]), (A1, None, [3])]),
        ((A, PAGE, B, PAGE), [(A, None, [1, 2]), (B, None, [3, 4])]),
        ((A, BLANK, A, PAGE), [(A, None, [1, 3, 4])]),
        ((A1, PAGE, A, PAGE), [(A1, None, [2, 3, 4])]),
        ((A, PAGE, A1, PAGE), [(A, None, [1, 2]), (A1, None, [4])]),
        ((A, PAGE, B, PAGE, A1, PAGE), [(A, None, [1, 2]), (B, None, [3, 4]), (A1, None, [6])]),
    ],
)
def test_split_parts_a_stack_at_covers_and_slips(stack, wanted):
    assert pieces(*stack) == wanted


def test_split_keeps_pages_behind_an_unreadable_mark_away_from_the_dossier_before():
    assert pieces(A1, PAGE, LOST, PAGE, A2, PAGE) == [
        (A1, None, [2]),
        (None, "unreadable", [3, 4]),
        (A2, None, [6]),
    ]
    assert pieces(A, PAGE, LOST, PAGE) == [(A, None, [1, 2]), (None, "unreadable", [3, 4])]


def test_split_asks_a_person_about_a_slip_of_another_dossier_behind_a_cover():
    assert pieces(A1, PAGE, B, PAGE, A2, PAGE) == [
        (A1, None, [2]),
        (None, "other_dossier", [3, 4]),
        (A2, None, [6]),
    ]
    # Nor does a slip take over what an unreadable cover began.
    assert pieces(A1, PAGE, LOST, PAGE, B, PAGE)[2:] == [(None, "other_dossier", [5, 6])]
    assert pieces(LOST, PAGE, B, PAGE, A1, PAGE)[1] == (None, "other_dossier", [3, 4])


def test_split_never_gives_a_page_to_another_dossier_whatever_is_unreadable():
    chance = random.Random(20261126)
    for _ in range(3000):
        stack, owners = [], {}
        covers = chance.random() < 0.5
        for _ in range(chance.randint(1, 6)):
            owner = chance.choice(("a", "b", "c"))
            sign = Sign(owner, owner, "p" if covers else None, cover=covers)
            stack.append(LOST if chance.random() < 0.3 else sign)
            owners[len(stack)] = owner
            for _ in range(chance.randint(0, 4)):
                stack.append(chance.choice((PAGE, PAGE, BLANK)))
                owners[len(stack)] = owner
        found = split(sheets(*stack))
        for piece in found:
            if piece.sign is not None:
                assert {owners[n] for n in piece.numbers} == {piece.sign.dossier_id}, stack
        kept = [n for piece in found for n in piece.numbers]
        wanted = [
            n
            for n, thing in enumerate(stack, 1)
            if thing != BLANK and not (isinstance(thing, Sign) and thing.cover)
        ]
        assert kept == wanted  # no page is lost, none is kept twice
