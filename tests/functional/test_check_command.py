"""`comity check`: one proposal or many, in words, as JSON, as a page, as a table."""

import csv
import io
import json
from html.parser import HTMLParser

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from comity.check.decision import Decision

ON = ("--on", "2026-11-16")
PARTIES = ("--from", "northshire-police", "--to", "westborough-council", "--purpose", "reduce-crime-disorder")
ASK = (
    "check",
    *PARTIES,
    "--item",
    "crime-category",
    "--item",
    "perpetrator-history",
    "--item",
    "diagnosis",
    "--id",
    "case-1",
    *ON,
)
HEADER = "id,from,to,purpose,items,on,facts\n"
ITEMS = "crime-category;perpetrator-history;diagnosis"
GOOD = f"northshire-police,westborough-council,reduce-crime-disorder,{ITEMS},2026-11-16,child=no\n"


class Page(HTMLParser):
    """What has to be right about every page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.open: list[str] = []
        self.headings: list[str] = []
        self.feed(text)
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))
        assert self.headings.count("h1") == 1
        assert '<html lang="en-GB">' in text
        assert "<title></title>" not in text

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]
        self.headings += [tag] if tag in ("h1", "h2", "h3") else []
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def answers(text):
    return list(csv.DictReader(io.StringIO(text)))


# ---- one proposal --------------------------------------------------------------------


def test_the_answer_says_what_may_go_what_stays_why_and_what_would_help(northshire):
    said = northshire.done(*ASK)

    assert said.startswith("Northshire Police to Westborough Council, for reducing crime and disorder")
    assert "\nMay go\n  " in said
    assert "Crime and Disorder Act 1998 s.115" in said
    assert "What would help: " in said
    assert all(len(line) <= 88 for line in said.splitlines() if "comity judge" not in line)


ONWARD = ("check", *PARTIES, "--item", "income", "--mode", "onward", "--need", "a case", *ON)


def test_who_first_gave_it_and_how_it_is_marked_may_be_said(northshire):
    assert "has not agreed that it goes further" in northshire.done(*ONWARD, "--origin", "hmrc", "--origin", "nca")
    assert "Commissioners for Revenue" not in northshire.done(*ONWARD)
    assert "originator-consents" in northshire.done(*ONWARD, "--handling", "tlp-red")


def test_open_questions_name_who_may_answer_and_the_command_for_it(northshire):
    said = northshire.done(*ASK, "--form", "depersonalised")

    assert "Open questions\n  1. In the recipient's hands" in said
    assert "analyst responsible for the release" in said.split("May be answered by: ")[1]
    line = next(one.strip() for one in said.splitlines() if "comity judge" in one)
    assert line.startswith("comity judge reidentification-risk --answer YES-OR-NO --by NAME --office ")
    assert "--partner northshire-police --instance case-1 --reasons WHY --item perpetrator-history" in line


def test_the_command_it_offers_settles_the_question(northshire):
    said = northshire.done(*ASK, "--form", "depersonalised")
    line = next(one.strip() for one in said.splitlines() if "comity judge" in one)

    northshire.done(*line.replace("YES-OR-NO", "yes").split()[1:], "--from", "2026-11-16")

    after = northshire.done(*ASK, "--form", "depersonalised")
    assert "Open questions" not in after
    assert "\nA person must decide" not in after


def test_json_holds_the_decision_and_its_words(northshire):
    [one] = json.loads(northshire.done(*ASK, "--to-format", "json"))["decisions"]

    assert Decision.model_validate(one["decision"]).headline == "HUMAN"
    assert one["digest"].startswith("sha256:")
    assert [item["outcome"] for item in one["items"]] == ["share", "refer", "withhold"]
    assert all(item["because"] for item in one["items"])


def test_a_page_is_well_formed_and_says_the_same(northshire):
    northshire.done(*ASK, "--form", "depersonalised", "--out", "answer.html")

    text = (northshire.folder / "answer.html").read_text("utf-8")
    Page(text)
    assert "Northshire Police to Westborough Council" in text
    assert "comity judge reidentification-risk" in text


def test_what_somebody_typed_cannot_break_out_of_a_page(northshire):
    northshire.done(*ASK[:-4], "--id", "<script>alert(1)</script>", *ON, "--out", "answer.html")

    assert "<script" not in (northshire.folder / "answer.html").read_text("utf-8")


def test_a_claimed_provision_is_answered_by_itself(northshire):
    assert "You named Crime and Disorder Act 1998 s.115: it " in northshire.done(*ASK, "--claim", "cda-1998-s115")


def test_several_receivers_get_an_answer_each(northshire):
    decisions = json.loads(northshire.done(*ASK, "--to", "townsafe", "--to-format", "json"))["decisions"]

    assert [one["decision"]["proposal"]["recipient"]["partner"].rsplit("/", 1)[-1] for one in decisions] == [
        "westborough-council",
        "townsafe",
    ]


def test_without_an_id_a_case_is_nobody_elses(northshire):
    ask = [word for word in ASK if word not in ("--id", "case-1")]
    first, second = (json.loads(northshire.done(*ask, "--to-format", "json"))["decisions"][0] for _ in range(2))

    assert first["decision"]["proposal"]["id"] != second["decision"]["proposal"]["id"]


def test_a_text_is_checked_with_the_judgements_in_it(northshire):
    northshire.write(
        "case.yaml",
        """
id: case-7
from: northshire-police
to: westborough-council
purpose: reduce-crime-disorder
on: 2026-11-16
form: depersonalised
items: [crime-category]
judgements:
  - {test: reidentification-risk, by: A. Analyst, office: analyst, partner: northshire-police, reasons: counted}
""",
    )

    assert "Everything may be shared." in northshire.done("check", "case.yaml")


def test_save_keeps_the_decision_in_the_folder_and_replaces_none(northshire):
    northshire.done(*ASK, "--save")
    northshire.done(*ASK, "--save")

    kept = sorted((northshire.folder / "decisions").iterdir())
    assert [one.name for one in kept] == ["2026-11-16-case-1-2.json", "2026-11-16-case-1.json"]
    assert Decision.model_validate_json(kept[1].read_text()).proposal.id == "case-1"


@pytest.mark.parametrize(("words", "exit_code", "said"), [
    (("check",), 2, "Say what you want to check"),
    (("check", "--from", "northshire-police"), 2, "Say also --to, --purpose, --item."),
    (("check", "rows.csv", "--from", "northshire-police"), 2, "not both"),
    (("check", "rows.csv", "more.csv"), 2, "One table at a time"),
    (("check", "rows.csv", "--save"), 2, "--save keeps single decisions"),
    ((*ASK, "--to-format", "parquet"), 2, "parquet is for a table of proposals"),
    (("check", "case.txt"), 3, "case.txt: error: A proposal is a .yaml text or a table."),
    ((*ASK, "--item", "crime-categori"), 3, "There is no item called crime-categori. Did you mean crime-category or "),
    ((*ASK, "--fact", "child"), 3, "facts.child: "),
    ((*ASK, "--fact", "child=yes", "--fact", "child=no"), 3, "'yes and no' is not one of the words known here."),
    ((*ASK, "--fact", "necessary=yes"), 3, "goes under judgements"),
    ((*ASK, "--set", "asb-incident"), 3, "There is no prescribed set called asb-incident. Did you mean asb-incidents"),
    ((*ASK, "--asked-under", "care-2014-s54"), 3, "Did you mean care-2014-s45"),
    ((*ASK, "--claim", "cda-115"), 3, "Did you mean cda-1998-s115"),
    ((*ASK, "--on", "2026-11-31"), 2, "no date in the calendar"),
])  # fmt: skip
def test_what_cannot_be_asked_says_why(northshire, words, exit_code, said):
    assert said in northshire.refused(exit_code, *words)


# ---- many ----------------------------------------------------------------------------


def test_every_row_in_is_a_row_out_also_those_that_cannot_be_read(northshire):
    northshire.write(
        "rows.csv",
        HEADER
        + "a,"
        + GOOD
        + "b,"
        + GOOD.replace("council", "counsel")
        + ",x\n"
        + "d,"
        + GOOD.replace("child=no", "child=maybe")
        + "e,"
        + GOOD,
    )

    said = northshire.refused(3, "check", "rows.csv", "--out", "answers.csv")

    rows = answers((northshire.folder / "answers.csv").read_text())
    assert [(row["line"], row["id"], row["headline"]) for row in rows] == [
        ("2", "a", "HUMAN"),
        ("3", "b", "ERROR"),
        ("4", "", "ERROR"),
        ("5", "d", "ERROR"),
        ("6", "e", "HUMAN"),
    ]
    assert [row["share"] for row in rows] == ["crime-category", "", "", "", "crime-category"]
    assert "rows.csv:3: error: Column to: There is no partner called westborough-counsel." in rows[1]["problem"]
    assert "rows.csv:4: error: The row has 2 cells; the header has 7 columns." in rows[2]["problem"]
    assert "rows.csv:5: error: Column facts: 'maybe' is not one of the words known here." in rows[3]["problem"]
    assert "5 rows in, 5 out: ERROR 3, HUMAN 2." in said


def test_a_row_carries_its_reasons_and_remedy(northshire):
    northshire.write("rows.csv", HEADER + "a," + GOOD)

    [row] = answers(northshire("check", "rows.csv", "--to-format", "csv").stdout)

    assert (row["share"], row["refer"], row["withhold"]) == ("crime-category", "perpetrator-history", "diagnosis")
    assert "diagnosis=agreement-clause" in row["codes"].split(";")
    assert "Crime and Disorder Act 1998" in row["because"]
    assert "diagnosis: " in row["remedy"]
    assert row["must"] == "no"


def test_a_judgement_about_one_case_reaches_the_row_of_that_id_alone(northshire):
    row = GOOD.replace(ITEMS, "perpetrator-history").replace("2026-11-16", "2026-11-16,depersonalised")
    northshire.write("rows.csv", HEADER.replace("on,", "on,form,") + "a," + row + "b," + row + "," + row)
    northshire.done(
        "judge",
        "reidentification-risk",
        "--answer",
        "yes",
        "--by",
        "A. Analyst",
        "--office",
        "analyst",
        "--partner",
        "northshire-police",
        "--reasons",
        "counted",
        "--instance",
        "b",
        "--from",
        "2026-11-01",
    )

    rows = answers(northshire("check", "rows.csv", "--to-format", "csv").stdout)

    assert [row["headline"] for row in rows] == ["HUMAN", "FULL", "HUMAN"]


def test_a_name_that_only_the_folder_can_refuse_is_a_bad_row_too(northshire):
    row = "a," + GOOD.replace("council,", "council,attic,")
    northshire.write("rows.csv", HEADER.replace("to,", "to,to_as,") + row * 2)

    said = northshire.refused(3, "check", "rows.csv", "--out", "answers.csv")

    assert "rows.csv:2: error: There is no part of Westborough Council called attic." in said
    assert "rows.csv:3: error: There is no part of Westborough Council called attic." in said


def test_a_row_may_say_who_first_gave_it_how_it_is_marked_and_what_it_is_held_for(northshire):
    ends = "northshire-police,westborough-council,reduce-crime-disorder,income,2026-11-16,onward"
    within = "westborough-council,westborough-council,reduce-crime-disorder,income,2026-11-16,within"
    rows = [
        f"a,{ends},hmrc;nca,,",
        f"b,{ends},,tlp-red,",
        f"c,{ends},,,",
        f"d,{within},hmrc,,",
        f"e,{within},hmrc,,reduce-crime-disorder",
    ]
    northshire.write("rows.csv", "\n".join(["id,from,to,purpose,items,on,mode,origins,handling,held_for", *rows, ""]))

    found = answers(northshire("check", "rows.csv", "--to-format", "csv").stdout)

    assert ["origin-consent-missing" in one["codes"] for one in found] == [True, False, False, False, False]
    assert ["condition-not-known" in one["codes"] for one in found] == [False, False, False, True, False]
    assert "Traffic Light Protocol" in found[1]["because"]
    assert found[4]["headline"] == "FULL"


def test_the_first_bad_rows_are_shown_and_all_are_in_the_answers(northshire):
    northshire.write("rows.csv", HEADER + ("a," + GOOD.replace("council", "counsel")) * 25)

    said = northshire.refused(3, "check", "rows.csv", "--out", "answers.csv")

    assert said.count("There is no partner called westborough-counsel.") == 20
    assert "... and 5 more; each stands in the column `problem`." in said
    assert (northshire.folder / "answers.csv").read_text().count("westborough-counsel") == 25


def test_a_request_can_be_said_with_flags(northshire):
    said = northshire.done(*ASK, "--asked-under", "cda-1998-s115", "--to-format", "json")

    asked = json.loads(said)["decisions"][0]["decision"]["proposal"]["asked"]
    assert asked == {"by": "northshire.example/partner/westborough-council", "under": "cda-1998-s115"}


def test_parquet_needs_a_place_to_go(northshire):
    northshire.write("rows.csv", HEADER + "a," + GOOD)

    assert "Parquet needs --out FILE." in northshire.refused(2, "check", "rows.csv", "--to-format", "parquet")


@pytest.mark.parametrize("format_", ["text", "json", "html", "csv", "parquet"])
def test_answers_come_in_every_format(northshire, format_):
    northshire.write("rows.csv", HEADER + ("a," + GOOD) * 3)

    northshire.done("check", "rows.csv", "--out", "answers", "--to-format", format_)

    [path] = (northshire.folder / "answers").iterdir()
    match format_:
        case "parquet":
            assert pq.read_table(path).num_rows == 3
        case "json":
            assert [one["headline"] for one in json.loads(path.read_text())] == ["HUMAN"] * 3
        case "html":
            Page(path.read_text())
            assert path.read_text().count("crime-category") >= 3
        case _:
            assert path.read_text().count("HUMAN") == 3


def test_parquet_in_gives_the_same_answers_as_csv(northshire):
    northshire.write("rows.csv", HEADER + "a," + GOOD)
    row = dict(zip(HEADER.strip().split(","), ("a," + GOOD.strip()).split(","), strict=True))
    pq.write_table(pa.Table.from_pylist([row]), northshire.folder / "rows.parquet")

    one, other = (
        answers(northshire("check", f"rows.{kind}", "--to-format", "csv").stdout) for kind in ("csv", "parquet")
    )

    assert [row | {"line": ""} for row in one] == [row | {"line": ""} for row in other]


def test_many_equal_rows_are_decided_once(northshire):
    northshire.write("rows.csv", HEADER + "".join(f"{number}," + GOOD for number in range(5_000)))

    assert "5,000 rows in, 5,000 out: HUMAN 5,000." in northshire.done("check", "rows.csv", "--out", "answers.csv")


@pytest.mark.parametrize("spelt", ["nca", "NCA", "N.C.A."])
def test_an_origin_is_known_however_it_is_spelt(northshire, spelt):
    assert "None of this may be shared" in northshire.done(*ASKED_OF_ORIGIN, "--origin", spelt)


def test_an_origin_that_nobody_knows_is_refused(northshire):
    said = northshire(*ASKED_OF_ORIGIN, "--origin", "hmrcc").output

    assert "There is no origin or partner called hmrcc. Did you mean hmrc?" in said
    assert "Everything may be shared" in northshire.done(*ASKED_OF_ORIGIN, "--origin", "northshire-hospitals")


ASKED_OF_ORIGIN = (
    *("check", "--from", "northshire-police", "--to", "westborough-council", "--purpose", "reduce-crime-disorder"),
    *("--item", "lsoa-name", "--on", "2026-11-16"),
)
