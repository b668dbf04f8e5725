"""Invoicing data: what is right, what is not, and what is said of it. (The numbers are made up, with true check digits.)"""

import pytest
from django.utils import translation

from staffetta.accounts import profile

COMPANY = {
    "kind": "company",
    "name": "Ferramenta Bruni Srl",
    "street": "Via Emilia 1",
    "postcode": "40121",
    "city": "Bologna",
    "province": "BO",
    "country": "IT",
    "vat_number": "12345670017",
    "tax_code": "",
    "pec": "bruni@pec.example.it",
    "sdi_code": "",
}
PERSON = COMPANY | {"kind": "person", "name": "Anna Rossi", "vat_number": "", "tax_code": "RSSNNA80A41H501L", "pec": ""}
BODY = COMPANY | {"kind": "public", "name": "Comune", "vat_number": "", "tax_code": "12345670017", "sdi_code": "UF1A2B"}


def wrong(values: dict[str, str]) -> dict[str, str]:
    with translation.override("en"):
        return profile.problems(profile.tidied(values))


@pytest.mark.parametrize("values", [COMPANY, PERSON, BODY], ids=["company", "person", "public"])
def test_it_works(values):
    assert wrong(values) == {}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"vat_number": " it 123 4567 0017 "}, {"vat_number": "12345670017"}),
        ({"province": "bo", "sdi_code": "abc-1234"}, {"province": "BO", "sdi_code": "ABC1234"}),
        ({"sdi_code": ""}, {"sdi_code": "0000000"}),
        ({"country": "de", "sdi_code": "", "province": "BY"}, {"country": "DE", "sdi_code": "XXXXXXX", "province": ""}),
        ({"name": "  Ferramenta   Bruni "}, {"name": "Ferramenta Bruni"}),
    ],
)
def test_what_people_write_is_tidied(given, kept):
    tidy = profile.tidied(COMPANY | given)
    assert {name: tidy[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("base", "given", "field", "said"),
    [
        (COMPANY, {"vat_number": "12345670018"}, "vat_number", "wrong check digit"),
        (COMPANY, {"vat_number": "1234567001"}, "vat_number", "10 characters: it must have 11 digits"),
        (COMPANY, {"vat_number": ""}, "vat_number", "write its 11 digits"),
        (COMPANY, {"country": "DE", "vat_number": "123"}, "vat_number", "not a valid VAT number of this country"),
        (COMPANY, {"tax_code": "12345670018"}, "tax_code", "does not fit its check character"),
        (COMPANY, {"pec": "bruni"}, "pec", "“bruni” is not an e-mail address"),
        (COMPANY, {"sdi_code": "ABC123"}, "sdi_code", "7 letters and digits"),
        (COMPANY, {"postcode": "4012"}, "postcode", "five digits"),
        (COMPANY, {"province": "Bologna"}, "province", "two letters"),
        (COMPANY, {"country": "QQ"}, "country", "not a country"),
        (COMPANY, {"street": " "}, "street", "write street and number"),
        (COMPANY, {"kind": "club"}, "kind", "Choose whether"),
        (PERSON, {"tax_code": ""}, "tax_code", "16 characters"),
        (PERSON, {"tax_code": "RSSNNA80A41H501A"}, "tax_code", "does not fit its check character"),
        (PERSON, {"tax_code": "12345670017"}, "tax_code", "11 characters"),
        (BODY, {"sdi_code": "0000000"}, "sdi_code", "6 letters and digits"),
        (BODY, {"tax_code": ""}, "tax_code", "11 digits"),
    ],
)
def test_refusals_name_value_rule_and_remedy(base, given, field, said):
    found = wrong(base | given)
    assert set(found) == {field}
    assert said in found[field]
