from datetime import date

from comity.agreement.document import length_of_time, printed
from comity.agreement.odrl import as_odrl
from comity.agreement.signature import new_key, sign
from comity.canonical import digest


def test_the_document_carries_the_digest_and_the_term_with_its_last_day(written, read):
    agreement, _ = read(written)
    document = printed(agreement)

    assert document.title.digest == digest(agreement)
    assert document.title.runs == "from 1 April 2026 to 31 March 2028"


def test_items_are_laid_out_by_direction(written, read):
    document = printed(read(written)[0])

    assert document.directions == ("police → council",)
    assert [(row.item, row.cells) for row in document.matrix] == [
        ("home address", ("incidents",)), ("incident category", ("incidents",)),
    ]  # fmt: skip


def test_a_signature_block_says_who_has_signed_and_who_is_to(written, read, partnership):
    agreement, _ = read(written)
    made = sign(agreement, "police", key=new_key(b"p" * 32), on=date(2026, 3, 20))
    blocks = printed(agreement, partnership=partnership, signatures=[made]).signatures

    assert [(block.party, block.state, block.signed_on) for block in blocks] == [
        ("Northshire Police", "signed", "20 March 2026"), ("Westborough Council", "to be signed", ""),
    ]  # fmt: skip


def test_lengths_of_time_are_written_as_people_say_them():
    assert [length_of_time(one) for one in ("P1Y6M", "P10D", "PT24H", "P1M")] == [
        "1 year 6 months", "10 days", "1 day", "1 month",
    ]  # fmt: skip


def test_the_policy_permits_each_flow_and_asks_for_deletion(written, read):
    policy = as_odrl(read(written)[0])

    (permission,) = policy["permission"]
    assert permission["assignee"][0]["uid"] == "https://northshire.example/partner/council"
    assert permission["constraint"][0]["rightOperand"][0]["skos:broadMatch"] == {
        "@id": "dpv:ProtectionOfPublicSecurity"
    }
    assert [duty["action"] for duty in policy["obligation"]] == ["delete", "inform"]


def test_the_policy_prohibits_what_a_clause_forbids(written, read):
    written["never"] = [{"id": "a", "items": ["name"], "to": ["council"], "text": "No names."}]
    (prohibition,) = as_odrl(read(written)[0])["prohibition"]

    assert prohibition["target"]["dct:hasPart"] == [{"@id": "https://comity.example/item/name"}]
