import pytest

from comity.agreement.diff import changes


def said(old, new):
    return [str(change) for change in changes(old, new)]


def test_an_agreement_does_not_differ_from_itself(written, read):
    agreement, _ = read(written)

    assert changes(agreement, agreement) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda w: w["flows"][0]["items"].append("name"),
         "council may now receive name in flow incidents; before, not."),
        (lambda w: w["flows"][0]["items"].remove("home-address"),
         "council may no longer receive home-address in flow incidents."),
        (lambda w: w["flows"][0].update(retention={"for": "P2Y"}),
         "In flow incidents, retention.for was P1Y and is now P2Y."),
        (lambda w: w["term"].update(until="2029-04-01"),
         "In the agreement, term.until was 2028-04-01 and is now 2029-04-01."),
        (lambda w: w["parties"].append({"called": "homes", "partner": "northshire.example/partner/housing"}),
         "homes joins as a party."),
        (lambda w: w["purposes"].append("statistics"), "It may now serve statistics; before, not."),
        (lambda w: w.update(never=[{"id": "a", "items": ["name"], "text": "No names."}]),
         "A new clause says never: No names."),
        (lambda w: w["sections"][0].update(text="Other words."),
         "The section “Why we share” is worded differently."),
        (lambda w: w["flows"].clear(),
         "Flow incidents is gone: council may no longer receive home-address and incident-category by it."),
    ],
)  # fmt: skip
def test_a_change_is_told_in_plain_words(written, read, change, words):
    old, _ = read(written)
    change(written)
    new, _ = read(written)

    assert words in said(old, new)


def test_a_renamed_party_neither_leaves_nor_joins(written, read):
    old, _ = read(written)
    written["parties"][1]["called"] = "borough"
    written["flows"][0]["to"] = "borough"
    new, _ = read(written)

    assert "council is now called borough; it is the same body." in said(old, new)
    assert not any("joins" in one or "no longer a party" in one for one in said(old, new))
