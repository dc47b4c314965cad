from datetime import date, timedelta

import pytest

from comity.agreement.signature import new_key, read_signature, sign, signature_text, signed, verify
from comity.errors import SignatureError

DAY, LATER = date(2026, 3, 20), date(2026, 11, 16)
POLICE, COUNCIL = new_key(b"p" * 32), new_key(b"c" * 32)


@pytest.fixture
def agreement(written, read):
    return read(written)[0]


def test_a_signature_holds_and_survives_being_written_down(agreement, partnership):
    made = sign(agreement, "police", key=POLICE, on=DAY)

    assert read_signature(signature_text(made), "s.yaml") == made
    verify(made, agreement, partnership, LATER)


def test_one_key_and_one_text_make_one_signature(agreement):
    assert sign(agreement, "police", key=POLICE, on=DAY) == sign(agreement, "police", key=POLICE, on=DAY)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"digest": "sha256:0"}, "covers another text"),
        ({"agreement": "northshire.example/agreement/other"}, "not under"),
        ({"office": "Mayor"}, "not the named signatory"),
        ({"signed_on": date(2026, 3, 21)}, "does not verify"),
        ({"signed_on": date(2027, 1, 1)}, "lies after"),
        ({"signature": "AAAA"}, "does not verify"),
        ({"on_behalf_of": ("northshire.example/partner/housing",)}, "does not say that police signs for"),
        ({"by": "click"}, "signs by office"),
    ],
)
def test_an_altered_signature_is_refused(agreement, partnership, change, words):
    made = sign(agreement, "police", key=POLICE, on=DAY).model_copy(update=change)

    with pytest.raises(SignatureError, match=words):
        verify(made, agreement, partnership, LATER)


def test_a_key_of_another_partner_is_refused(agreement, partnership):
    made = sign(agreement, "police", key=COUNCIL, on=DAY)

    with pytest.raises(SignatureError, match="not registered to Northshire Police"):
        verify(made, agreement, partnership, LATER)


def test_a_signature_does_not_cover_a_text_that_changed(agreement, partnership):
    made = sign(agreement, "police", key=POLICE, on=DAY)

    with pytest.raises(SignatureError, match="changed since it was signed"):
        verify(made, agreement.model_copy(update={"daily_volume": 11}), partnership, LATER)


def test_a_party_that_signs_by_resolution_gives_its_reference(written, read, partnership):
    written["parties"][0]["signs"] = {"office": "Chief Constable", "by": "resolution"}
    agreement, _ = read(written)

    with pytest.raises(SignatureError, match="no reference is given. Give it with --resolution."):
        sign(agreement, "police", key=POLICE, on=DAY)
    verify(sign(agreement, "police", key=POLICE, on=DAY, resolution="R 1"), agreement, partnership, LATER)


def test_nobody_signs_for_a_stranger(agreement):
    with pytest.raises(SignatureError, match="Nobody signs"):
        sign(agreement, "housing", key=POLICE, on=DAY)


def test_a_key_needs_enough_chance():
    with pytest.raises(SignatureError, match="32 bytes"):
        new_key(b"short")


def test_it_is_in_force_among_those_who_signed_from_the_day_they_did(agreement, partnership):
    made = [sign(agreement, "police", key=POLICE, on=DAY), sign(agreement, "council", key=COUNCIL, on=date(2026, 5, 1))]
    standing = signed(agreement, made, partnership, LATER)
    police, council = standing.signed_by[1], standing.signed_by[0]

    assert not standing.stands_between(police, council, date(2026, 4, 30))
    assert standing.stands_between(police, council, date(2026, 5, 1))
    assert standing.state_on(date(2026, 4, 30)) == "circulated"


def test_it_binds_those_who_signed_and_take_part_within_its_term(agreement, partnership):
    made = [sign(agreement, "police", key=POLICE, on=DAY), sign(agreement, "council", key=COUNCIL, on=date(2026, 5, 1))]
    standing = signed(agreement, made, partnership, LATER)

    assert standing.bound_on(date(2026, 4, 30)) == {standing.signed_by[1]}
    assert standing.bound_on(date(2026, 5, 1)) == set(standing.signed_by)
    assert standing.bound_on(agreement.term.from_ - timedelta(days=1)) == set()
